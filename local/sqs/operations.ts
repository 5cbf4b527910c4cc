import type { Operation } from './operation.ts';
import { queueOperations } from './queue-operations.ts';
import { receiveOperations } from './receive-operations.ts';
import { redriveOperations } from './redrive-operations.ts';
import { sendOperations } from './send-operations.ts';

/** Every action of the API, by its name on the wire. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>(
  Object.entries({ ...sendOperations, ...receiveOperations, ...queueOperations, ...redriveOperations }),
);
