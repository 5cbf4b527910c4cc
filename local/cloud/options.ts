import type { Clock } from '../clock.ts';
import type { DynamoDbCall } from '../dynamodb/gateway.ts';
import type { Faults } from '../faults/fault.ts';
import type { Denied } from '../iam/denial.ts';
import type { FunctionLogLine, Invocation } from '../lambda/function-options.ts';
import type { SqsCall } from '../sqs/server.ts';

/** What every billed thing that happens in the cloud is told to. */
export interface CloudObserver {
  readonly onLog?: (line: FunctionLogLine) => void;
  readonly onInvoke?: (invocation: Invocation) => void;
  readonly onDynamoDbCall?: (call: DynamoDbCall) => void;
  readonly onSqsCall?: (call: SqsCall) => void;
  readonly onKmsCall?: (call: { readonly operation: string; readonly caller: string }) => void;
  /** Told of what a function, or the platform in its name, was refused for want of a permission. */
  readonly onDenied?: (denied: Denied) => void;
}

export interface CloudOptions extends CloudObserver {
  /** The synthesized cloud assembly. */
  readonly assemblyDir: string;
  /** Where tables, queues, keys and checkpoints are kept. */
  readonly dataDir: string;
  /** Port of the HTTP API on 127.0.0.1; 0 lets the system choose. */
  readonly port: number;
  /** Values of the template's parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Whether schedules fire by the clock; otherwise only when a test says so. @default true */
  readonly timedSchedules?: boolean;
  /** Decides about faults at every call of a function and of the platform in its name; without it there are none. */
  readonly faults?: Faults;
}

export const REGION = 'eu-central-1';
export const ACCOUNT = '000000000000';
