import type { FunctionError } from './invoke-result.ts';

/** What an execution environment is told when it starts. */
export interface EnvironmentSettings {
  readonly fileUrl: string;
  /** Names to follow from the module to the handler: `handler`, or `api.handler`. */
  readonly exportPath: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  /** By how many milliseconds the function's dates are ahead of real time, as a travelling clock keeps it. */
  readonly timeOffset?: SharedArrayBuffer;
}

export interface EnvironmentRequest {
  readonly requestId: string;
  readonly eventJson: string;
  readonly timeoutMs: number;
}

export type EnvironmentMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'log'; readonly text: string }
  | { readonly type: 'answered'; readonly requestId: string; readonly payloadJson: string }
  | { readonly type: 'failed'; readonly requestId: string; readonly error: FunctionError }
  | { readonly type: 'crashed'; readonly error: FunctionError };
