import { mapConcurrently } from '../../platform/concurrency.ts';
import type { Count } from '../../platform/log/count.ts';
import type { Send } from '../../platform/queue/send.ts';
import { toMessage } from '../pointer.ts';
import type { WaitingRow, WaitingRows } from '../waiting-rows.ts';

export interface SendBackDeps {
  readonly send: Send;
  readonly release: WaitingRows['release'];
  /** Connector type → URL of its lane. */
  readonly lanes: Readonly<Record<string, string>>;
  readonly now: () => number;
  readonly count: Count;
}

const ROWS_AT_ONCE = 25;

/** What a row was while it waited and is once its pointer is in the lane. */
const SENT_BACK = {
  due: { from: 'retry', to: 'retry' },
  parked: { from: 'parked', to: 'queued' },
} as const;

const secondsUntil = (time: string, nowMs: number) =>
  Math.max(0, Math.ceil((Date.parse(time) - nowMs) / 1000));

/**
 * Sends rows back to their lanes and takes them out of the index, in this order: a run that dies in between sends a
 * pointer twice, which is harmless, and never none. Answers how many were sent.
 */
export const makeSendBack =
  ({ send, release, lanes, now, count }: SendBackDeps) =>
  async (rows: readonly WaitingRow[], kind: keyof typeof SENT_BACK): Promise<number> => {
    let sent = 0;
    for (const [connector, of] of Map.groupBy(rows, ({ pointer }) => pointer.connector_type)) {
      const lane = lanes[connector];
      if (lane === undefined) throw new Error(`There is no lane for ${connector}`);
      const delay = ({ wait_at }: WaitingRow) => (kind === 'due' ? secondsUntil(wait_at, now()) : 0);
      const refused = await send(
        lane,
        of.map((row) => toMessage(row.pointer, delay(row))),
      );
      const taken = of.filter((_, index) => !refused.has(index));
      await mapConcurrently(taken, ROWS_AT_ONCE, (row) => release(row, SENT_BACK[kind]));
      count('swept', taken.length, { connector, kind });
      sent += taken.length;
    }
    return sent;
  };

export type SendBack = ReturnType<typeof makeSendBack>;
