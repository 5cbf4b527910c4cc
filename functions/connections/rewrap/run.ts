import type { RewrapCounts } from '#contracts/rewraps.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Position, RewrapProgress, RewrapRecord } from '../rewrap-jobs.ts';
import type { Walk, WalkedPage } from './walk.ts';

export interface RunDeps {
  readonly jobs: RewrapProgress;
  readonly walk: Walk;
  readonly now: () => number;
  readonly log: Log;
}

/**
 * What a run came to: `idle` without a rewrap that is running; `busy` when another runner has it; `paused` when the
 * next run goes on; `done` at its end; `overtaken` when it was cancelled, or another runner has taken it over.
 */
export type RunOutcome = 'idle' | 'busy' | 'paused' | 'done' | 'overtaken';

/** Longer than a runner can live, which is the timeout of its function. */
export const LEASE_MS = 70_000;
/** What is kept of that time for the page that is under way. */
export const RESERVE_MS = 20_000;

const sum = (a: RewrapCounts, b: RewrapCounts): RewrapCounts => ({
  connections: a.connections + b.connections,
  rewrapped: a.rewrapped + b.rewrapped,
  unchanged: a.unchanged + b.unchanged,
  overtaken: a.overtaken + b.overtaken,
  failed: a.failed + b.failed,
});

/** Activity is read by a later run: by then the index surely has all that happened while the lists were read. */
const waitsForIndex = ({ position }: RewrapRecord, next: Position): boolean =>
  next.step === 'changed' && position.step !== 'changed';

/**
 * Goes on with the rewrap that is running, page by page, until it is done or too little time remains. Each page is saved
 * before the next one begins, so a runner that dies leaves one page to be repeated, which does no harm.
 */
export const makeRun = ({ jobs, walk, now, log }: RunDeps) => {
  const save = (job: RewrapRecord, { counts, next }: WalkedPage, stops: boolean) => {
    const nowMs = now();
    return jobs.advance(job, {
      counts: sum(job.counts, counts),
      lease_until: stops ? 0 : nowMs + LEASE_MS,
      ...(next === undefined
        ? { state: 'done', finished_at: new Date(nowMs).toISOString() }
        : { position: next }),
    });
  };

  const goOn = async (taken: RewrapRecord, remainingMs: () => number): Promise<RunOutcome> => {
    for (let job: RewrapRecord | undefined = taken; job; ) {
      const walked: WalkedPage = await walk(job);
      const { next } = walked;
      const stops = next === undefined || waitsForIndex(job, next) || remainingMs() < RESERVE_MS;
      job = await save(job, walked, stops);
      if (job && stops) return next === undefined ? 'done' : 'paused';
    }
    return 'overtaken';
  };

  return async (remainingMs: () => number): Promise<RunOutcome> => {
    const found = await jobs.find();
    if (found?.state !== 'running') return 'idle';
    const nowMs = now();
    const free = found.lease_until <= nowMs;
    const taken = free && (await jobs.advance(found, { lease_until: nowMs + LEASE_MS }));
    const outcome = taken ? await goOn(taken, remainingMs) : 'busy';
    log({ stage: 'rewrap', outcome });
    return outcome;
  };
};
