import type { Attempt, DeliveryState, SkipReason } from '#contracts/deliveries.ts';
import type { EventType } from '#contracts/event-types.ts';
import type { InnerScope } from '#contracts/scopes.ts';
import type { Item, Table } from '../platform/dynamo/table.ts';
import { eventPartition, partsOf } from './keys.ts';

/** An attempt as a row keeps it; its id follows from the delivery's and its number, so it is not kept. */
export type RecordedAttempt = Omit<Attempt, 'attempt_id'> & { readonly n: number };

/** One row per event and connection: what is to be done, what was done, and how it ended. Times are epoch ms. */
export interface DeliveryRow {
  readonly connector: string;
  /** Of a connection of an occasion or event: where a pointer's reader finds it. */
  readonly scope?: InnerScope;
  readonly type: EventType;
  /** `type:id` of the subject, and the event's `occurred_at`: the version of that subject. */
  readonly subject: string;
  readonly at: string;
  readonly state: DeliveryState;
  readonly reason?: SkipReason | string;
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
  | { readonly outcome: 'quarantined'; readonly quarantineId: string }
  /** Delivered or skipped, or gone: there is nothing left to do. */
  | { readonly outcome: 'over' };

export interface ClaimOptions {
  readonly nowMs: number;
  readonly leaseId: string;
  readonly leaseMs: number;
  readonly quarantineId?: string | undefined;
}

// The table's items under an event are those that `create` made.
const toRow = (item: Item) => item as unknown as DeliveryRow;

const keyOf = (tenantId: string, deliveryId: string) => {
  const { eventId, connectionId } = partsOf(deliveryId);
  return { pk: eventPartition(tenantId, eventId), sk: connectionId };
};

const CLAIMABLE = [
  '#state = :queued',
  '(#state = :retry AND #due <= :now)',
  '(#state = :delivering AND #lease_until < :now)',
  '(#state = :quarantined AND #quarantine_id = :quarantine)',
].join(' OR ');

const refusedClaim = (item: Item | undefined, options: ClaimOptions): Claim => {
  if (item === undefined) return { outcome: 'over' };
  const row = toRow(item);
  // Our own claim whose answer was lost, and which the SDK then repeated.
  if (row.lease === options.leaseId) return { outcome: 'claimed', row };
  if (row.state === 'delivering') return { outcome: 'leased' };
  if (row.state === 'retry') return { outcome: 'not_due', dueMs: row.due ?? options.nowMs };
  if (row.state === 'quarantined') return { outcome: 'quarantined', quarantineId: row.quarantine_id ?? '' };
  return { outcome: 'over' };
};

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
      add: { claims: 1 },
      condition: `attribute_exists(pk) AND (${CLAIMABLE})`,
      names: ['due', 'quarantine_id'],
      values: {
        queued: 'queued',
        retry: 'retry',
        delivering: 'delivering',
        quarantined: 'quarantined',
        now: options.nowMs,
        // No row has an empty one, so a pointer without one revives nothing.
        quarantine: options.quarantineId ?? '',
      },
    });
    return result.written
      ? { outcome: 'claimed', row: toRow(result.item) }
      : refusedClaim(result.existing, options);
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
  Partial<Pick<DeliveryRow, 'reason' | 'due' | 'quarantine_id' | 'expires' | 'throttled_since'>> & {
    readonly remove: readonly string[];
  };
