import type { Clock } from '../clock.ts';
import type { InvokeFailure } from './invoke-result.ts';

export interface FunctionLogLine {
  readonly functionName: string;
  /** Absent for what is written while loading, or after the answer. */
  readonly requestId?: string;
  readonly line: string;
}

export interface Invocation {
  readonly functionName: string;
  readonly durationMs: number;
  readonly cold: boolean;
  readonly outcome: 'ok' | InvokeFailure['reason'];
}

export interface FunctionOptions {
  readonly name: string;
  readonly arn: string;
  /** The unpacked asset. */
  readonly directory: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** The whole process.env of the function; nothing of the developer's is added. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that only one execution environment has; they win over `environment`. */
  readonly variablesOf?: (environmentId: string) => Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  readonly environmentsMax?: number;
  readonly clock: Clock;
  readonly onLog?: (line: FunctionLogLine) => void;
  readonly onInvoke?: (invocation: Invocation) => void;
}
