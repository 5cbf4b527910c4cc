import type { SqsCall } from '../local/sqs/server.ts';
import type { DeployedFunction } from './deployed-functions.ts';
import type { Recording } from './recording.ts';
import { sum } from './statistics.ts';

export interface FunctionCounts {
  readonly folder: string;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly invocations: number;
  readonly coldStarts: number;
  /** Each invocation rounded up to a millisecond, initialization included. */
  readonly billedMs: number;
  readonly gbSeconds: number;
  readonly logBytes: number;
}

export interface Counts {
  readonly functions: readonly FunctionCounts[];
  /** Metered SQS requests by operation, without the receives that came back empty. */
  readonly sqs: ReadonlyMap<string, number>;
  /** Long polls that ended with nothing. */
  readonly emptyReceives: number;
  readonly kms: ReadonlyMap<string, number>;
}

const SQS_METERED_BYTES = 64 * 1024;

const isEmptyReceive = ({ operation, bytes }: SqsCall) => operation === 'ReceiveMessage' && bytes === 0;

const meteredRequests = ({ bytes }: SqsCall): number => Math.max(1, Math.ceil(bytes / SQS_METERED_BYTES));

const totals = <T>(calls: readonly T[], nameOf: (call: T) => string, amountOf: (call: T) => number) =>
  new Map([...Map.groupBy(calls, nameOf)].map(([name, of]) => [name, sum(of.map(amountOf))]));

const ofFunction = (recording: Recording, { name, folder, memoryMb }: DeployedFunction): FunctionCounts => {
  const calls = recording.dynamodb.filter(({ caller }) => caller === name);
  // AWS charges nothing for an invocation that it turned away.
  const ran = recording.invocations.filter(
    ({ functionName, outcome }) => functionName === name && outcome !== 'throttled',
  );
  const billedMs = sum(ran.map(({ durationMs }) => Math.max(1, Math.ceil(durationMs))));
  return {
    folder,
    writeUnits: sum(calls.map(({ writeUnits }) => writeUnits)),
    readUnits: sum(calls.map(({ readUnits }) => readUnits)),
    invocations: ran.length,
    coldStarts: ran.filter(({ cold }) => cold).length,
    billedMs,
    gbSeconds: (billedMs / 1000) * (memoryMb / 1024),
    logBytes: sum(
      recording.logLines.filter(({ functionName }) => functionName === name).map(({ bytes }) => bytes),
    ),
  };
};

/** Adds up a recording, function by function and service by service. */
export const countsOf = (recording: Recording, functions: readonly DeployedFunction[]): Counts => ({
  functions: functions.map((deployed) => ofFunction(recording, deployed)),
  sqs: totals(
    recording.sqs.filter((call) => !isEmptyReceive(call)),
    ({ operation }) => operation,
    meteredRequests,
  ),
  emptyReceives: recording.sqs.filter(isEmptyReceive).length,
  kms: totals(
    recording.kms,
    ({ operation }) => operation,
    () => 1,
  ),
});

/** One field of all functions together. */
export const totalOf = ({ functions }: Counts, field: Exclude<keyof FunctionCounts, 'folder'>): number =>
  sum(functions.map((each) => each[field]));

/** All that a map of counts holds. */
export const allOf = (counts: ReadonlyMap<string, number>): number => sum([...counts.values()]);
