import type { Parking } from '../parkings.ts';
import { parkedHeadings } from '../waiting.ts';
import { type WaitingRows, waitingPages } from '../waiting-rows.ts';
import type { SendBack } from './send-back.ts';

export interface DrainDeps {
  readonly page: WaitingRows['page'];
  readonly sendBack: SendBack;
  readonly now: () => number;
}

/** Rows of one connection that one sweep sends back at most: other connections have their turn within the minute. */
const ROWS_MAX = 5000;

/** Sends back what is parked for one connection. Answers how many rows that were, and whether none is left. */
export const makeDrain =
  ({ page, sendBack, now }: DrainDeps) =>
  async ({ tenant_id, connection_id }: Parking, untilMs: number) => {
    let sent = 0;
    for (const heading of parkedHeadings(tenant_id, connection_id)) {
      for await (const rows of waitingPages(page, heading)) {
        if (sent >= ROWS_MAX || now() >= untilMs) return { sent, empty: false };
        const taken = await sendBack(rows, 'parked');
        sent += taken;
        if (taken < rows.length) return { sent, empty: false };
      }
    }
    return { sent, empty: true };
  };
