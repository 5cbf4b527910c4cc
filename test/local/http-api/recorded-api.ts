import { type IncomingHttpHeaders, request } from 'node:http';
import { onTestFinished } from 'vitest';
import type { HttpEvent } from '../../../local/http-api/event.ts';
import type {
  HttpApiOptions,
  Invoke,
  InvokeResult,
  LambdaAuthorizer,
} from '../../../local/http-api/options.ts';
import { startHttpApi } from '../../../local/http-api/server.ts';
import { manualClock } from '../../../local/manual-clock.ts';

const START_MS = Date.UTC(2026, 10, 20, 13, 52, 20);

export const functionArn = (name: string) => `arn:aws:lambda:eu-west-1:000000000000:function:${name}`;

export const answered = (payload: unknown): InvokeResult => ({ ok: true, payload });

export interface HttpAnswer {
  readonly statusCode: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** Names and values in turn, so that a name can be repeated. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

/** Sends one request exactly as given: nothing in the path is normalised. */
const send = (url: string, { method = 'GET', path = '/', headers = [], body }: Sent): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const { host, hostname, port } = new URL(url);
    const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))];
    const all = ['host', host, ...headers, ...length];
    const outgoing = request({ hostname, port, method, path, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode, headers: received } = response;
        resolve({ statusCode, headers: received, body: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

export interface RecordedCall {
  readonly name: string;
  readonly event: HttpEvent & Readonly<Record<string, unknown>>;
}

/** Routes from keys, each to a function of the same name, all behind the authorizer if one is given. */
export const routesTo = (keys: readonly string[], authorizer?: LambdaAuthorizer) =>
  keys.map((routeKey) => ({
    routeKey,
    functionArn: functionArn(routeKey),
    ...(authorizer ? { authorizer } : {}),
  }));

/** A running API, closed when the test ends, whose every invocation is recorded. Functions answer `{}` unless `invoke` is given. */
export const recordedApi = async (given: Partial<HttpApiOptions> = {}) => {
  const calls: RecordedCall[] = [];
  const clock = manualClock(START_MS);
  const invoke: Invoke = async (arn, event) => {
    calls.push({ name: arn.replace(functionArn(''), ''), event: JSON.parse(JSON.stringify(event)) });
    return given.invoke ? given.invoke(arn, event) : answered({});
  };
  const api = await startHttpApi({
    port: 0,
    account: '000000000000',
    region: 'eu-west-1',
    apiId: 'a1b2c3d4e5',
    stageName: '$default',
    clock,
    routes: routesTo(['$default']),
    ...given,
    invoke,
  });
  onTestFinished(() => api.close());
  return { calls, clock, url: api.url, close: api.close, send: (sent: Sent) => send(api.url, sent) };
};
