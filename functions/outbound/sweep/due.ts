import { mapConcurrently } from '../../platform/concurrency.ts';
import { DUE_HEADINGS } from '../waiting.ts';
import { waitingPages } from '../waiting-rows.ts';
import type { DrainDeps } from './drain.ts';

/** A sweep covers the time until the next: the queue's own delay keeps each retry to its second. */
const AHEAD_MS = 60_000;

/** Sends back what is due before the next sweep, until nothing is left or the time is up. Answers how many. */
export const makeSweepDue =
  ({ page, sendBack, now }: DrainDeps) =>
  async (untilMs: number): Promise<number> => {
    const upTo = new Date(now() + AHEAD_MS).toISOString();
    const sent = await mapConcurrently(DUE_HEADINGS, DUE_HEADINGS.length, async (heading) => {
      let count = 0;
      for await (const rows of waitingPages(page, heading, upTo)) {
        count += await sendBack(rows, 'due');
        if (now() >= untilMs) break;
      }
      return count;
    });
    return sent.reduce((sum, count) => sum + count, 0);
  };
