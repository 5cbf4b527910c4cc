import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import type { Kind } from './events.ts';
import { kindOf } from './names.ts';

export interface Destination {
  readonly url: string;
  /** From now on requests of this tenant are verified under this secret. */
  readonly trust: (tenantId: string, signingSecret: string) => void;
  /** How often each event came, by name. */
  readonly arrivals: ReadonlyMap<string, number>;
  /** What was wrong with requests: a bad signature, or an id that is not the event's. */
  readonly faults: readonly string[];
  readonly close: () => Promise<void>;
}

interface Body {
  readonly event_id: string;
  readonly tenant_id: string;
  readonly idempotency_key: string;
}

/** The signature alone, with the official client: its clock is not the one that travels. */
const isGenuine = (secret: string | undefined, body: string, headers: IncomingHttpHeaders): boolean => {
  if (secret === undefined) return false;
  const sentAt = new Date(Number(headers['webhook-timestamp']) * 1000);
  const expected = new Webhook(secret).sign(String(headers['webhook-id']), sentAt, body);
  return String(headers['webhook-signature']).split(' ').includes(expected);
};

const LATE_SECONDS = 1200;

const answerTo = (kind: Kind, isPatient: boolean, response: ServerResponse): void => {
  const busyFor = (seconds: number) => response.writeHead(503, { 'retry-after': String(seconds) }).end();
  if (kind === 'refused') return void response.writeHead(400).end();
  if (kind === 'fine' || isPatient) return void response.writeHead(204).end();
  if (kind === 'flaky') return void response.writeHead(500).end();
  busyFor(kind === 'late' ? LATE_SECONDS : 1);
};

/**
 * A destination of all tenants, which does with each event what its kind says. `mustRepeat` names the events that it has to
 * refuse for now more often than once, because something of theirs is still to happen.
 */
export const startDestination = async (mustRepeat: (eventName: string) => boolean): Promise<Destination> => {
  const secrets = new Map<string, string>();
  const arrivals = new Map<string, number>();
  const faults: string[] = [];
  const answer = (body: string, headers: IncomingHttpHeaders, response: ServerResponse): void => {
    const { event_id, tenant_id, idempotency_key: name } = JSON.parse(body) as Body;
    if (!isGenuine(secrets.get(tenant_id), body, headers)) faults.push(`${name}: the signature is wrong`);
    if (headers['webhook-id'] !== event_id) faults.push(`${name}: the webhook-id is not the event's`);
    const times = (arrivals.get(name) ?? 0) + 1;
    arrivals.set(name, times);
    answerTo(kindOf(name), times > 1 && !mustRepeat(name), response);
  };
  const server = createServer((request, response) => {
    buffer(request)
      .then((body) => answer(body.toString(), request.headers, response))
      .catch((error) => {
        faults.push(String(error));
        response.destroy();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    trust: (tenantId, secret) => void secrets.set(tenantId, secret),
    arrivals,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
