import { itemBytes } from './item-size.ts';
import { actionOf, objectsAt, type WireObject } from './wire.ts';

/** Request units as on-demand billing counts them. */
export interface CapacityUnits {
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** Nothing that is billed. */
export const NO_UNITS: CapacityUnits = { readUnits: 0, writeUnits: 0 };

const WRITE_UNIT_BYTES = 1024;
const TRANSACTION_FACTOR = 2;
const READS = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems'];
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'];
const COUNTED = new Set([...READS, ...WRITES]);

/** Whether calls of this operation consume capacity that is counted here. PartiQL is not. */
export const isCounted = (operation: string): boolean => COUNTED.has(operation);

const numberAt = (object: WireObject, field: string): number | undefined => {
  const value = object[field];
  return typeof value === 'number' ? value : undefined;
};

/** The sum of what the engine's `ConsumedCapacity` says, over all tables and their indexes. */
export const reportedUnits = (operation: string, consumedCapacity: unknown): CapacityUnits => {
  let [readUnits, writeUnits] = [0, 0];
  for (const entry of objectsAt(consumedCapacity)) {
    const read = numberAt(entry, 'ReadCapacityUnits');
    const write = numberAt(entry, 'WriteCapacityUnits');
    const total = numberAt(entry, 'CapacityUnits') ?? 0;
    // Only transactions tell reads from writes: a write that repeats an earlier token is billed as a read.
    if (read !== undefined || write !== undefined) {
      readUnits += read ?? 0;
      writeUnits += write ?? 0;
    } else if (READS.includes(operation)) readUnits += total;
    else writeUnits += total;
  }
  return { readUnits, writeUnits };
};

const writeUnitsOf = (before: unknown, after: unknown): number =>
  Math.max(1, Math.ceil(Math.max(itemBytes(before), itemBytes(after)) / WRITE_UNIT_BYTES));

/**
 * What a refused write is billed: as if it had happened, but without the indexes, and only when a condition was the
 * reason. Of an update the outcome is unknown and of a bystander in a transaction the stored item; both count as small.
 */
export const refusedUnits = (request: WireObject, error: WireObject): CapacityUnits => {
  const type = String(error['__type']).replace(/^.*#/, '');
  if (type === 'ConditionalCheckFailedException')
    return { ...NO_UNITS, writeUnits: writeUnitsOf(error['Item'], request['Item']) };
  const reasons = objectsAt(error['CancellationReasons']);
  if (!reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) return NO_UNITS;
  const units = objectsAt(request['TransactItems']).map((entry, index) =>
    writeUnitsOf(reasons[index]?.['Item'], actionOf(entry)[1]['Item']),
  );
  return { ...NO_UNITS, writeUnits: TRANSACTION_FACTOR * units.reduce((total, each) => total + each, 0) };
};
