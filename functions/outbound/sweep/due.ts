import { mapConcurrently } from '../../platform/concurrency.ts';
import { DUE_HEADINGS } from '../waiting.ts';
import type { WaitingRows } from '../waiting-rows.ts';
import type { SendBack } from './send-back.ts';

export interface SweepDueDeps {
  readonly page: WaitingRows['page'];
  readonly sendBack: SendBack;
  readonly now: () => number;
}

const PAGE = 100;

/** A sweep covers the time until the next: the queue's own delay keeps each retry to its second. */
const AHEAD_MS = 60_000;

/** Sends back what is due before the next sweep, until nothing is left or the time is up. Answers how many. */
export const makeSweepDue =
  ({ page, sendBack, now }: SweepDueDeps) =>
  async (untilMs: number): Promise<number> => {
    const upTo = new Date(now() + AHEAD_MS).toISOString();
    const sent = await mapConcurrently(DUE_HEADINGS, DUE_HEADINGS.length, async (heading) => {
      let count = 0;
      let after: Awaited<ReturnType<typeof page>>['last'];
      do {
        const { rows, last } = await page(heading, { limit: PAGE, upTo, after });
        count += await sendBack(rows, 'due');
        after = last;
      } while (after !== undefined && now() < untilMs);
      return count;
    });
    return sent.reduce((sum, count) => sum + count, 0);
  };
