import type { RecordUse } from '../../connections/index.ts';
import type { DeliveryPorts } from '../../connectors/define.ts';
import type { Count } from '../../platform/log/count.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Deliveries, DeliveryRow } from '../deliveries.ts';
import type { TouchParking } from '../parkings.ts';
import type { Pointer } from '../pointer.ts';
import type { GroupDeps } from './group.ts';

/** Rows of one connection that a worker is busy with at a time, and connections too. */
export const ROWS_AT_ONCE = 10;

export interface DeliverDeps extends GroupDeps, DeliveryPorts {
  readonly claim: Deliveries['claim'];
  readonly settle: Deliveries['settle'];
  readonly park: Deliveries['park'];
  readonly touchParking: TouchParking;
  /** Notes that a connection was used; at most once an hour that is a write. */
  readonly recordUse: RecordUse;
  /** Sends the pointer through the lane again after a delay. Rejects when the queue does not take it. */
  readonly sendLater: (pointer: Pointer, delayMs: number) => Promise<void>;
  /** Puts the pointer into the lane's quarantine. Rejects when the queue does not take it. */
  readonly sendToQuarantine: (pointer: Pointer) => Promise<void>;
  /** How long a claim holds: longer than the function can run. */
  readonly leaseMs: number;
  readonly retentionDays: number;
  /** Gives [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly count: Count;
}

/** `again`: the message must come back, because something that is not the destination failed. */
export type PointerResult = 'done' | 'again';

/** A row that this worker holds. */
export interface Claimed {
  readonly pointer: Pointer;
  readonly row: DeliveryRow;
  readonly leaseId: string;
}
