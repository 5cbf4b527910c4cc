import { createHash } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Envelope } from '#contracts/events.ts';
import type { DeliveryPorts } from '#functions/connectors/define.ts';
import { deliver } from '#functions/connectors/webhook/deliver.ts';
import { generateSigningSecret } from '#functions/connectors/webhook/signature.ts';
import { Secret } from '#functions/platform/crypto/secret.ts';
import { makeHttpClient } from '#functions/platform/egress/request.ts';
import { envelopeOf } from '../../harness/outbound.ts';
import { type Received, type Receiver, startReceiver } from '../../harness/receiver.ts';

const TENANT = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
const newest = generateSigningSecret();
const older = generateSigningSecret();
const envelope = envelopeOf(TENANT, 'key', { name: 'Ärger & Söhne "GmbH" \u2028 💼' });

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

interface Setting {
  readonly secrets?: readonly string[];
  readonly envelopes?: readonly Envelope[];
  readonly allowLoopback?: boolean;
  readonly url?: string;
  readonly now?: DeliveryPorts['now'];
}

const deliverTo = async ({ secrets = [newest], envelopes = [envelope], ...setting }: Setting = {}) => {
  const http = makeHttpClient({ policy: { allowLoopback: setting.allowLoopback ?? true } });
  onTestFinished(http.close);
  const versions = secrets.map((secret) => ({ signing_secret: new Secret(secret) }));
  const config = { url: setting.url ?? receiver.url };
  // The official client checks the timestamp against the machine's own time.
  const ports = { http, now: setting.now ?? (() => Date.now()) };
  return deliver({ config, secrets: versions, envelopes }, ports);
};

const headersOf = ({ headers }: Received) => headers as Record<string, string>;
const verify = (secret: string, request: Received | undefined) => {
  if (!request) throw new Error('nothing came');
  return new Webhook(secret).verify(request.body, headersOf(request));
};

describe('a webhook', () => {
  it('carries the envelope as JSON, signed so that the official client verifies the very bytes', async () => {
    expect(await deliverTo()).toMatchObject([{ outcome: 'delivered' }]);
    const [request] = receiver.requests;
    expect(verify(newest, request)).toEqual(envelope);
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(JSON.stringify(envelope))),
    });
  });

  it('does not verify once a byte of it was changed', async () => {
    await deliverTo();
    const [request] = receiver.requests;
    const body = Buffer.from(request?.body ?? '');
    body[10] = (body[10] ?? 0) ^ 1;
    expect(() => verify(newest, request && { ...request, body })).toThrow();
  });

  it('verifies under each of two secrets while they rotate, and under no other', async () => {
    await deliverTo({ secrets: [newest, older] });
    const [request] = receiver.requests;
    expect(verify(newest, request)).toEqual(verify(older, request));
    expect(() => verify(generateSigningSecret(), request)).toThrow();
  });

  it('is remembered by the hash of the bytes that were sent', async () => {
    const outcomes = await deliverTo();
    const sent = receiver.requests.map(({ body }) => createHash('sha256').update(body).digest('hex'));
    expect(outcomes.map(({ bodySha256 }) => bodySha256)).toEqual(sent);
  });

  it('has the id of its event, the same over every retry, while its timestamp moves', async () => {
    const firstMs = 1_893_456_000_999;
    for (const now of [firstMs, firstMs + 5000]) await deliverTo({ now: () => now });
    const sent = receiver.requests.map(headersOf);
    expect(sent.map((headers) => headers['webhook-id'])).toEqual([envelope.event_id, envelope.event_id]);
    expect(sent.map((headers) => headers['webhook-timestamp'])).toEqual(['1893456000', '1893456005']);
    expect(sent[0]?.['webhook-signature']).not.toBe(sent[1]?.['webhook-signature']);
    expect(receiver.requests[0]?.body).toEqual(receiver.requests[1]?.body);
  });

  it.each([
    [204, { outcome: 'delivered' }],
    [410, { outcome: 'rejected', code: 'http_410' }],
    [404, { outcome: 'rejected', code: 'http_404' }],
    [500, { outcome: 'retry', code: 'http_500' }],
    [429, { outcome: 'throttled', code: 'http_429', afterSeconds: 17 }],
    [503, { outcome: 'retry', code: 'http_503', afterSeconds: 17 }],
  ])('that is answered with %d becomes %o', async (status, expected) => {
    receiver.answer = () => ({ status, headers: { 'retry-after': '17' } });
    const outcomes = await deliverTo();
    const kept = { bodySha256: expect.any(String), durationMs: expect.any(Number) };
    expect(outcomes).toEqual([{ ...expected, ...kept }]);
    expect(receiver.requests).toHaveLength(1);
  });

  it('does not follow a redirect', async () => {
    const target = await startReceiver();
    onTestFinished(target.close);
    receiver.answer = () => ({ status: 302, headers: { location: target.url } });
    expect(await deliverTo()).toMatchObject([{ outcome: 'rejected', code: 'http_302' }]);
    expect(target.requests).toEqual([]);
  });

  it('is never sent to a private address', async () => {
    const refused = [{ outcome: 'rejected', code: 'private_address' }];
    for (const url of [receiver.url, receiver.url.replace('http:', 'https:'), 'https://169.254.169.254/'])
      expect(await deliverTo({ url, allowLoopback: false })).toMatchObject(refused);
    expect(receiver.requests).toEqual([]);
  });

  it('is worth a retry when nobody listens', async () => {
    const gone = await startReceiver();
    await gone.close();
    expect(await deliverTo({ url: gone.url })).toMatchObject([{ outcome: 'retry', code: 'connect_failed' }]);
  });

  it('is not sent unsigned: without a secret the delivery throws', async () => {
    await expect(deliverTo({ secrets: [] })).rejects.toThrow('no signing secret is given');
    expect(receiver.requests).toEqual([]);
  });

  it('is one of ten requests at once at the most', async () => {
    let open = 0;
    let most = 0;
    const send: DeliveryPorts['http']['send'] = async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return { outcome: 'failed', code: 'reset', sent: true, durationMs: 1 };
    };
    const envelopes = Array.from({ length: 35 }, (_, index) =>
      envelopeOf(TENANT, `key ${index}`.replace(' ', '-')),
    );
    const batch = {
      config: { url: receiver.url },
      secrets: [{ signing_secret: new Secret(newest) }],
      envelopes,
    };
    await deliver(batch, { http: { send, close: () => {} }, now: () => 0 });
    expect(most).toBe(10);
  });
});
