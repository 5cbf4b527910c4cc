import type { Parking } from '../parkings.ts';
import { parkedHeadings } from '../waiting.ts';
import type { WaitingRows } from '../waiting-rows.ts';
import type { SendBack } from './send-back.ts';

export interface DrainDeps {
  readonly page: WaitingRows['page'];
  readonly sendBack: SendBack;
  readonly now: () => number;
}

const PAGE = 100;
/** Rows of one connection that one sweep sends back at most: other connections have their turn within the minute. */
const ROWS_MAX = 5000;

/** Sends back what is parked for one connection. Answers how many rows that were, and whether none is left. */
export const makeDrain =
  ({ page, sendBack, now }: DrainDeps) =>
  async ({ tenant_id, connection_id }: Parking, untilMs: number) => {
    let sent = 0;
    for (const heading of parkedHeadings(tenant_id, connection_id)) {
      let after: Awaited<ReturnType<typeof page>>['last'];
      do {
        if (sent >= ROWS_MAX || now() >= untilMs) return { sent, empty: false };
        const { rows, last } = await page(heading, { limit: PAGE, after });
        const taken = await sendBack(rows, 'parked');
        sent += taken;
        if (taken < rows.length) return { sent, empty: false };
        after = last;
      } while (after !== undefined);
    }
    return { sent, empty: true };
  };
