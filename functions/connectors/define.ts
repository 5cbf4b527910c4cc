import type * as z from 'zod';
import type { FieldError } from '#contracts/errors.ts';
import type { Envelope } from '#contracts/events.ts';
import type { Provider } from '#contracts/providers.ts';
import type { Secret } from '../platform/crypto/secret.ts';
import type { DestinationPolicy } from '../platform/egress/destination.ts';
import type { HttpClient } from '../platform/egress/request.ts';
import type { OAuth } from './oauth.ts';

/** What became of one delivery at its destination. */
export type DeliveryOutcome =
  /** The destination has it; `ref` is its own id for what was written. */
  | { readonly outcome: 'delivered'; readonly ref?: string }
  /** It failed in a way that may pass. Spends an attempt. */
  | { readonly outcome: 'retry'; readonly code: string; readonly afterSeconds?: number }
  /** The destination asked to be called less. Spends no attempt. */
  | { readonly outcome: 'throttled'; readonly code: string; readonly afterSeconds?: number }
  /** The credentials were refused. */
  | { readonly outcome: 'unauthorized'; readonly code: string }
  /** It will never be taken as it is. */
  | { readonly outcome: 'rejected'; readonly code: string }
  /** Our own policy forbids what the destination needs. */
  | { readonly outcome: 'blocked'; readonly code: string };

/** An outcome with what the attempt is remembered by. */
export type AttemptOutcome = DeliveryOutcome & {
  /** What stands in for the body that was sent, which is not kept. */
  readonly bodySha256?: string;
  /** How long this one took, where the group's time would say too much. */
  readonly durationMs?: number;
};

export interface DeliveryBatch<Config> {
  readonly config: Config;
  /** Secret versions that are valid now, newest first. */
  readonly secrets: readonly Readonly<Record<string, Secret>>[];
  readonly envelopes: readonly Envelope[];
}

export interface DeliveryPorts {
  readonly http: HttpClient;
  readonly now: () => number;
}

/** What a live check reads: the newest secrets, and nothing of any event. */
export interface CheckInput<Config> {
  readonly config: Config;
  readonly secrets: Readonly<Record<string, Secret>>;
}

/** What a live check found out: codes, counts and times, never a secret or what the other side wrote. */
export interface CheckOutcome {
  /** What is wrong, such as `dns_failed`; absent when nothing is. */
  readonly code?: string;
  readonly diagnostics: Readonly<Record<string, string | number | boolean>>;
}

export interface ValidationContext {
  readonly destinations: DestinationPolicy;
}

/** All that the product knows of one sort of destination or source. Routes, lanes, forms and docs follow from it. */
export interface Connector<
  Config extends z.ZodObject = z.ZodObject,
  Secrets extends z.ZodObject = z.ZodObject,
> {
  /** Stands in paths, queues, logs and keys. Never changes once released. */
  readonly type: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly direction: Provider['direction'];
  readonly auth: Provider['auth'];
  readonly capabilities: readonly string[];
  readonly actionKeys: readonly string[];
  readonly config: Config;
  /** Each field carries `.meta({ secret: true })`. */
  readonly secrets: Secrets;
  /** Makes a secret that was left out at creation; it is shown once. */
  readonly generate?: Readonly<Record<string, () => string>>;
  /** How a user grants us access at the vendor; of `auth: 'oauth2'` alone. */
  readonly oauth?: OAuth;
  /** What the schema cannot say about a configuration. */
  readonly validate?: (config: z.infer<Config>, context: ValidationContext) => FieldError[];
  /** Sends a group of deliveries of one connection; answers one outcome per envelope, in order. */
  readonly deliver?: (
    batch: DeliveryBatch<z.infer<Config>>,
    ports: DeliveryPorts,
  ) => Promise<AttemptOutcome[]>;
  /** Tries the connection without delivering or changing anything. */
  readonly check?: (input: CheckInput<z.infer<Config>>, ports: DeliveryPorts) => Promise<CheckOutcome>;
}

/** Ties `validate`, `deliver` and `check` to the schemas: a renamed field fails to compile. */
export const defineConnector = <Config extends z.ZodObject, Secrets extends z.ZodObject>(
  connector: Connector<Config, Secrets>,
): Connector => connector as unknown as Connector;
