import type { RewrapJob as RewrapView } from '#contracts/rewraps.ts';
import type { Item, Table } from '../platform/dynamo/table.ts';
import type { TransactWrite } from '../platform/dynamo/transact.ts';
import { activityItem, type Cause, type Deed } from './activity.ts';
import { PLATFORM } from './keys.ts';

/** What a rewrap walks through, in this order. `walk.ts` says why it is complete. */
export const STEPS = ['connection', 'failing', 'providers', 'changed'] as const;
export type Step = (typeof STEPS)[number];

/** Where a rewrap goes on: after an item of the step's list, or at its beginning. */
export interface Position {
  readonly step: Step;
  readonly after?: Item;
}

/** The rewrap as it is stored. Times that are numbers are in milliseconds since 1970. */
export interface RewrapRecord extends RewrapView {
  readonly position: Position;
  /** Goes up with each write of a runner, so that of two runners one goes on. */
  readonly revision: number;
  /** Until then its runner alone may go on; 0 when it has none. */
  readonly lease_until: number;
}

/** There is one at a time, and the last one stays until the next is started. */
const KEY = { pk: `T#${PLATFORM}#W`, sk: 'rewrap' };

// The item is one that `start` made.
const toRecord = ({ pk: _pk, sk: _sk, ...record }: Item) => record as unknown as RewrapRecord;

/** What a runner may change. */
type Progress = Partial<Pick<RewrapRecord, 'state' | 'finished_at' | 'counts' | 'position' | 'lease_until'>>;

/** The rewrap for its runner. */
export const makeRewrapProgress = (table: Pick<Table, 'get' | 'update'>) => ({
  async find(): Promise<RewrapRecord | undefined> {
    const item = await table.get(KEY, { consistent: true });
    return item && toRecord(item);
  },

  /** Writes over `before`; undefined when it was cancelled, or another runner was quicker. */
  async advance(before: RewrapRecord, progress: Progress): Promise<RewrapRecord | undefined> {
    const { rewrap_id, revision } = before;
    const written = await table.update(KEY, {
      set: { ...progress, revision: revision + 1 },
      condition: '#rewrap_id = :rewrap_id AND #revision = :before AND #state = :running',
      names: ['rewrap_id', 'state'],
      values: { rewrap_id, before: revision, running: 'running' },
    });
    return written.written ? toRecord(written.item) : undefined;
  },
});

export type RewrapProgress = ReturnType<typeof makeRewrapProgress>;

/** The rewrap for whoever starts and cancels it: each write is one transaction with its activity. */
export const makeRewrapJobs = (deps: {
  readonly table: string;
  readonly partition: Table['partition'];
  readonly write: (writes: readonly TransactWrite[]) => Promise<boolean>;
}) => {
  const { table } = deps;
  const deedOf = (action: Deed['action'], cause: Cause, atMs: number) => ({
    table,
    item: activityItem({ action }, { tenant_id: PLATFORM }, cause, atMs),
  });
  return {
    /** The last one, whatever its state. */
    async find(): Promise<RewrapRecord | undefined> {
      const [item] = await deps.partition(KEY.pk, { consistent: true });
      return item && toRecord(item);
    },

    /** Puts it in the place of the last one; `false` while that is running. */
    start(record: RewrapRecord, cause: Cause, atMs: number): Promise<boolean> {
      const condition = 'attribute_not_exists(pk) OR #state <> :state';
      return deps.write([
        { table, item: { ...KEY, ...record }, condition, values: { state: 'running' } },
        deedOf('rewrap.started', cause, atMs),
      ]);
    },

    /** `false` when it is not running any more. */
    cancel({ rewrap_id }: RewrapRecord, cause: Cause, atMs: number): Promise<boolean> {
      const update = {
        set: { state: 'cancelled', finished_at: new Date(atMs).toISOString() },
        condition: '#rewrap_id = :rewrap_id AND #state = :running',
        names: ['rewrap_id'],
        values: { rewrap_id, running: 'running' },
      };
      return deps.write([{ table, key: KEY, update }, deedOf('rewrap.cancelled', cause, atMs)]);
    },
  };
};

export type RewrapJobs = ReturnType<typeof makeRewrapJobs>;
