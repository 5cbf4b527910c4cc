import { type Problem, problem } from '#contracts/errors.ts';
import type { RewrapJob } from '#contracts/rewraps.ts';
import { randomId } from '../../platform/ids.ts';
import type { Cause } from '../activity.ts';
import type { RewrapJobs, RewrapRecord } from '../rewrap-jobs.ts';

export interface RewrapsDeps {
  readonly jobs: RewrapJobs;
  readonly now: () => number;
}

const NOTHING_YET = { connections: 0, rewrapped: 0, unchanged: 0, overtaken: 0, failed: 0 };

const started = ({ actor, note }: Cause, atMs: number): RewrapRecord => ({
  rewrap_id: randomId('rwp'),
  state: 'running',
  started_at: new Date(atMs).toISOString(),
  started_by: actor,
  ...(note === undefined ? {} : { note }),
  counts: NOTHING_YET,
  position: { step: 'connection' },
  revision: 0,
  lease_until: 0,
});

const viewOf = ({ position: _p, revision: _r, lease_until: _l, ...view }: RewrapRecord): RewrapJob => view;

/** Starts, shows and cancels the rewrap of all data keys. The function `rewrap` does the work. */
export const makeRewraps = ({ jobs, now }: RewrapsDeps) => {
  const find = async (rewrapId: string): Promise<RewrapRecord | Problem> => {
    const record = await jobs.find();
    return record?.rewrap_id === rewrapId ? record : problem('rewrap.not_found');
  };
  const show = async (rewrapId: string): Promise<RewrapJob | Problem> => {
    const found = await find(rewrapId);
    return 'code' in found ? found : viewOf(found);
  };
  return {
    async start(cause: Cause): Promise<RewrapJob | Problem> {
      const atMs = now();
      const record = started(cause, atMs);
      if (await jobs.start(record, cause, atMs)) return viewOf(record);
      const running = await jobs.find();
      return problem('rewrap.running', { detail: `Its id is ${running?.rewrap_id}.` });
    },

    show,

    /** What is over stays as it is, so a second cancellation finds nothing to do. */
    async cancel(rewrapId: string, cause: Cause): Promise<RewrapJob | Problem> {
      const found = await find(rewrapId);
      if ('code' in found) return found;
      if (found.state === 'running') await jobs.cancel(found, cause, now());
      return show(rewrapId);
    },
  };
};
