import type { CloudObserver } from '../local/cloud/options.ts';
import type { DynamoDbCall } from '../local/dynamodb/gateway.ts';
import type { Invocation } from '../local/lambda/function-options.ts';
import type { SqsCall } from '../local/sqs/server.ts';

export interface KmsCall {
  readonly operation: string;
  readonly caller: string;
}

export interface LogLine {
  readonly functionName: string;
  readonly bytes: number;
}

/** Everything billed that happened in an embedded cloud, one entry per call. */
export interface Recording {
  readonly dynamodb: readonly DynamoDbCall[];
  readonly sqs: readonly SqsCall[];
  readonly kms: readonly KmsCall[];
  readonly invocations: readonly Invocation[];
  readonly logLines: readonly LogLine[];
}

export interface Recorder {
  readonly observer: CloudObserver;
  /** Answers what happened since the start or the last `take`, and begins anew. */
  readonly take: () => Recording;
}

/** A recorder for the observer of one embedded cloud. */
export const startRecorder = (): Recorder => {
  const begin = () => ({
    dynamodb: [] as DynamoDbCall[],
    sqs: [] as SqsCall[],
    kms: [] as KmsCall[],
    invocations: [] as Invocation[],
    logLines: [] as LogLine[],
  });
  let current = begin();
  return {
    observer: {
      onDynamoDbCall: (call) => current.dynamodb.push(call),
      onSqsCall: (call) => current.sqs.push(call),
      onKmsCall: (call) => current.kms.push(call),
      onInvoke: (invocation) => current.invocations.push(invocation),
      onLog: ({ functionName, line }) =>
        current.logLines.push({ functionName, bytes: Buffer.byteLength(line) + 1 }),
    },
    take() {
      const taken = current;
      current = begin();
      return taken;
    },
  };
};
