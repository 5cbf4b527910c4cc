import type { Clock } from '../clock.ts';

export type InvokeResult =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly reason: 'error' | 'timeout' | 'throttled' };

/** Runs a function synchronously with an event and gives back its JSON answer, or why there is none. */
export type Invoke = (functionArn: string, event: unknown) => Promise<InvokeResult>;

/** A Lambda REQUEST authorizer with payload format 2.0. */
export interface LambdaAuthorizer {
  readonly id: string;
  readonly functionArn: string;
  /** Such as `$request.header.Authorization`; a request that lacks one of them is unauthorized. */
  readonly identitySources: readonly string[];
  /** How long an answer is reused for the same identity; 0 asks the function every time. */
  readonly ttlSeconds: number;
  readonly simpleResponses: boolean;
}

export interface HttpRoute {
  /** `METHOD /path`, `ANY /path` or `$default`. */
  readonly routeKey: string;
  readonly functionArn: string;
  /** How long the gateway waits for the function; 30 000 when absent. */
  readonly timeoutMs?: number;
  readonly authorizer?: LambdaAuthorizer;
}

export interface Cors {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds?: number;
}

export interface HttpApiOptions {
  /** 0 lets the operating system choose. */
  readonly port: number;
  readonly account: string;
  readonly region: string;
  readonly apiId: string;
  readonly stageName: string;
  readonly cors?: Cors;
  readonly clock: Clock;
  readonly routes: readonly HttpRoute[];
  readonly invoke: Invoke;
}
