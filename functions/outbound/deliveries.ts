import type { Attempt, DeliveryState, ParkReason, SkipReason } from '#contracts/deliveries.ts';
import type { EventType } from '#contracts/event-types.ts';
import type { InnerScope } from '#contracts/scopes.ts';
import type { Item, Table } from '../platform/dynamo/table.ts';
import { eventPartition, partsOf } from './keys.ts';
import type { Waiting } from './waiting.ts';

/** An attempt as a row keeps it; its id follows from the delivery's and its number, so it is not kept. */
export type RecordedAttempt = Omit<Attempt, 'attempt_id'> & { readonly n: number };

/** One row per event and connection: what is to be done, what was done, and how it ended. Times are epoch ms. */
export interface DeliveryRow extends Partial<Waiting> {
  readonly connector: string;
  /** Of a connection of an occasion or event: where a pointer's reader finds it. */
  readonly scope?: InnerScope;
  readonly type: EventType;
  /** `type:id` of the subject, and the event's `occurred_at`: the version of that subject. */
  readonly subject: string;
  readonly at: string;
  readonly state: DeliveryState;
  readonly reason?: SkipReason | ParkReason | string;
  readonly received: number;
  readonly created: number;
  readonly updated: number;
  /** Attempts that count towards the limit; a throttled one does not. */
  readonly spent: number;
  /** Claims since the last recorded attempt: more than one means that a worker died. */
  readonly claims: number;
  readonly attempts: readonly RecordedAttempt[];
  readonly lease?: string;
  readonly lease_until?: number;
  readonly due?: number;
  readonly quarantine_id?: string;
  /** When the destination first answered the present series of throttled attempts. */
  readonly throttled_since?: number;
  readonly expires?: number;
}

export type Claim =
  | { readonly outcome: 'claimed'; readonly row: DeliveryRow }
  /** Another worker holds it; look again when its lease has run out. */
  | { readonly outcome: 'leased' }
  | { readonly outcome: 'not_due'; readonly dueMs: number }
  /** It waits where no queue holds it, and the sweep will bring it back. */
  | { readonly outcome: 'waits' }
  | { readonly outcome: 'quarantined'; readonly quarantineId: string }
  /** Delivered or skipped, or gone: there is nothing left to do. */
  | { readonly outcome: 'over' };

export interface ClaimOptions {
  readonly nowMs: number;
  readonly leaseId: string;
  readonly leaseMs: number;
  readonly quarantineId?: string | undefined;
}

export interface ParkOptions {
  readonly nowMs: number;
  readonly reason: ParkReason;
  readonly waiting: Waiting;
  readonly quarantineId?: string | undefined;
}

export type Parked =
  | { readonly outcome: 'parked'; readonly row: DeliveryRow }
  | Exclude<Claim, { outcome: 'claimed' }>;

// The table's items under an event are those that `create` made.
const toRow = (item: Item) => item as unknown as DeliveryRow;

const keyOf = (tenantId: string, deliveryId: string) => {
  const { eventId, connectionId } = partsOf(deliveryId);
  return { pk: eventPartition(tenantId, eventId), sk: connectionId };
};

const CLAIMABLE = [
  '#state IN (:queued, :parked)',
  '(#state = :retry AND #due <= :now)',
  '(#state = :delivering AND #lease_until < :now)',
  '(#state = :quarantined AND #quarantine_id = :quarantine)',
].join(' OR ');

const refusal = (item: Item | undefined, nowMs: number): Exclude<Claim, { outcome: 'claimed' }> => {
  if (item === undefined) return { outcome: 'over' };
  const { state, wait, due = nowMs, quarantine_id: quarantineId = '' } = toRow(item);
  if (state === 'delivering') return { outcome: 'leased' };
  if (state === 'retry')
    return wait === undefined ? { outcome: 'not_due', dueMs: due } : { outcome: 'waits' };
  return state === 'quarantined' ? { outcome: 'quarantined', quarantineId } : { outcome: 'over' };
};

/** When a row can be taken by the worker that a pointer has come to. */
const claimable = ({ nowMs, quarantineId }: Pick<ClaimOptions, 'nowMs' | 'quarantineId'>) => ({
  condition: `attribute_exists(pk) AND (${CLAIMABLE})`,
  names: ['due', 'quarantine_id', 'lease_until'],
  values: {
    queued: 'queued',
    parked: 'parked',
    retry: 'retry',
    delivering: 'delivering',
    quarantined: 'quarantined',
    now: nowMs,
    // No row has an empty one, so a pointer without one revives nothing.
    quarantine: quarantineId ?? '',
  },
});

/** The delivery rows. Each write is conditional: whoever comes second finds out, and nothing is overwritten. */
export const makeDeliveries = (table: Pick<Table, 'putIf' | 'update' | 'partition'>) => ({
  /** Answers the row that was there already, if one was. One write unit. */
  async create(tenantId: string, deliveryId: string, row: DeliveryRow): Promise<DeliveryRow | undefined> {
    const result = await table.putIf({ ...keyOf(tenantId, deliveryId), ...row }, 'attribute_not_exists(pk)');
    return result.written || result.existing === undefined ? undefined : toRow(result.existing);
  },

  /** Takes the row for one worker until its lease ends. One write unit. */
  async claim(tenantId: string, deliveryId: string, options: ClaimOptions): Promise<Claim> {
    const result = await table.update(keyOf(tenantId, deliveryId), {
      set: { state: 'delivering', lease: options.leaseId, lease_until: options.nowMs + options.leaseMs },
      remove: ['wait', 'wait_at'],
      add: { claims: 1 },
      ...claimable(options),
    });
    if (result.written) return { outcome: 'claimed', row: toRow(result.item) };
    const { existing } = result;
    // Our own claim whose answer was lost, and which the SDK then repeated.
    const isOurs = existing?.['lease'] === options.leaseId;
    return existing && isOurs
      ? { outcome: 'claimed', row: toRow(existing) }
      : refusal(existing, options.nowMs);
  },

  /** Lays a row aside that could be claimed now, until its connection is ready again. One write unit, and one of the index. */
  async park(tenantId: string, deliveryId: string, options: ParkOptions): Promise<Parked> {
    const { nowMs, reason, waiting } = options;
    const result = await table.update(keyOf(tenantId, deliveryId), {
      set: { state: 'parked', reason, updated: nowMs },
      // One that is parked already keeps its place.
      setOnce: { ...waiting },
      // What waits for somebody does not expire.
      remove: ['lease', 'lease_until', 'due', 'expires'],
      ...claimable(options),
    });
    return result.written ? { outcome: 'parked', row: toRow(result.item) } : refusal(result.existing, nowMs);
  },

  /** Writes attempt and outcome in one update; `false` when the lease was lost meanwhile. One write unit. */
  async settle(tenantId: string, deliveryId: string, leaseId: string, changes: SettledRow): Promise<boolean> {
    const { remove, ...set } = changes;
    const result = await table.update(keyOf(tenantId, deliveryId), {
      set,
      remove: ['lease', 'lease_until', ...remove],
      condition: '#lease = :held',
      values: { held: leaseId },
    });
    if (result.written) return true;
    // Our own update whose answer was lost, and which the SDK then repeated, has left no lease.
    const { existing } = result;
    return existing?.['updated'] === changes.updated && existing['lease'] === undefined;
  },

  /** All rows of one event, by connection id. */
  async ofEvent(tenantId: string, eventId: string): Promise<{ connectionId: string; row: DeliveryRow }[]> {
    const items = await table.partition(eventPartition(tenantId, eventId));
    return items.map((item) => ({ connectionId: String(item['sk']), row: toRow(item) }));
  },
});

export type Deliveries = ReturnType<typeof makeDeliveries>;

/** What a settled row becomes; `remove` names the attributes that it no longer has. */
export type SettledRow = Pick<DeliveryRow, 'state' | 'updated' | 'spent' | 'claims' | 'attempts'> &
  Partial<
    Pick<DeliveryRow, 'reason' | 'due' | 'wait' | 'wait_at' | 'quarantine_id' | 'expires' | 'throttled_since'>
  > & {
    readonly remove: readonly string[];
  };
