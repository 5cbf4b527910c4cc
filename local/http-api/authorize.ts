import type { Clock } from '../clock.ts';
import { type AuthorizerAnswer, readAuthorizerAnswer } from './authorizer-answer.ts';
import type { HttpEvent } from './event.ts';
import { identityReader, type ReadIdentity } from './identity-source.ts';
import type { Invoke, LambdaAuthorizer } from './options.ts';
import { within } from './within.ts';

/** Either the context to hand to the route's function, or the status code to refuse the request with. */
export type Verdict =
  | { readonly outcome: 'allowed'; readonly context: unknown }
  | { readonly outcome: 'refused'; readonly statusCode: 401 | 403 | 500 };

export type Authorize = (
  authorizer: LambdaAuthorizer,
  event: HttpEvent,
  routeArn: string,
) => Promise<Verdict>;

export interface AuthorizeDeps {
  readonly clock: Clock;
  readonly invoke: Invoke;
  readonly authorizers: readonly LambdaAuthorizer[];
}

const AUTHORIZER_TIMEOUT_MS = 10_000;
const CACHE_ENTRIES_MAX = 10_000;

const refused = (statusCode: 401 | 403 | 500): Verdict => ({ outcome: 'refused', statusCode });

const authorizerEvent = (event: HttpEvent, routeArn: string, identitySource: readonly string[]) => {
  const { body: _body, isBase64Encoded: _isBase64Encoded, ...withoutBody } = event;
  return { ...withoutBody, type: 'REQUEST', routeArn, identitySource };
};

const identityOf = (readers: readonly ReadIdentity[], event: HttpEvent): readonly string[] | undefined => {
  const values = readers.map((read) => read(event) ?? '');
  return values.includes('') ? undefined : values;
};

const makeAnswerCache = (clock: Clock) => {
  const entries = new Map<string, { readonly answer: AuthorizerAnswer; readonly expiresAtMs: number }>();
  return {
    get(key: string): AuthorizerAnswer | undefined {
      const entry = entries.get(key);
      return entry && entry.expiresAtMs > clock.now() ? entry.answer : undefined;
    },
    set(key: string, answer: AuthorizerAnswer, ttlSeconds: number) {
      entries.delete(key);
      entries.set(key, { answer, expiresAtMs: clock.now() + ttlSeconds * 1000 });
      const [oldest] = entries.keys();
      if (entries.size > CACHE_ENTRIES_MAX && oldest !== undefined) entries.delete(oldest);
    },
  };
};

/**
 * Makes the check that stands before a route with an authorizer. An answer is cached per authorizer and identity values, and so
 * covers every route of the API unless `$context.routeKey` is among the identity sources; errors are never cached.
 */
export const makeAuthorize = ({ clock, invoke, authorizers }: AuthorizeDeps): Authorize => {
  const cache = makeAnswerCache(clock);
  const readers = new Map(
    authorizers.map(({ id, identitySources }) => [id, identitySources.map(identityReader)]),
  );
  return async (authorizer, event, routeArn) => {
    const { id, functionArn, ttlSeconds, simpleResponses } = authorizer;
    const identity = identityOf(readers.get(id) ?? [], event);
    if (!identity) return refused(401);
    const caches = ttlSeconds > 0 && identity.length > 0;
    const key = JSON.stringify([id, ...identity]);
    let answer = caches ? cache.get(key) : undefined;
    if (!answer) {
      const invoked = invoke(functionArn, authorizerEvent(event, routeArn, identity));
      const result = await within(clock, AUTHORIZER_TIMEOUT_MS, invoked);
      answer = result?.ok ? readAuthorizerAnswer(result.payload, simpleResponses) : undefined;
      if (!answer) return refused(500);
      if (caches) cache.set(key, answer, ttlSeconds);
    }
    return answer.allows(routeArn) ? { outcome: 'allowed', context: answer.context } : refused(403);
  };
};
