import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSigningSecret } from '../../functions/connectors/webhook/signature.ts';
import { connectWebhook } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Received, type Receiver, startReceiver } from '../harness/receiver.ts';
import { until } from '../harness/until.ts';
import { type Api, startApi } from './start-api.ts';

let api: Api;
let receiver: Receiver;
beforeAll(async () => {
  [api, receiver] = await Promise.all([startApi(), startReceiver()]);
});
afterAll(async () => {
  await api.stop();
  await receiver.close();
});

type Connected = Awaited<ReturnType<typeof connectWebhook>>;

const connect = () => connectWebhook(api.cloud, receiver.url);
const rotate = ({ headers }: Pick<Connected, 'headers'>, body: object) =>
  api.call('PATCH', '/connections/webhook', { headers, body });
const show = ({ headers }: Pick<Connected, 'headers'>) =>
  api.call('GET', '/connections/webhook', { headers });

/** What arrives of one event. */
const deliver = async ({ headers }: Connected, key: string): Promise<Received> => {
  const { json } = await api.publish(headers, companyUpdated(key));
  const eventId = json.results[0].event_id;
  const arrived = () => receiver.requests.find((request) => request.headers['webhook-id'] === eventId);
  await until(`${key} arrives`, async () => arrived() !== undefined);
  return arrived() as Received;
};

const verifiesWith = (secret: string, { body, headers }: Received): boolean => {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
};

describe('PATCH /connections/{connector_type} with secrets: 200', () => {
  it('signs with the old and the new secret during the overlap, whoever chose the new one', async () => {
    const tenant = await connect();
    const own = generateSigningSecret();
    const given = await rotate(tenant, { secrets: { signing_secret: own } });
    expect([given.status, given.json.secrets]).toEqual([200, undefined]);
    expect(given.text).not.toContain(own);
    const generated = (await rotate(tenant, { secrets: { signing_secret: null }, overlap_hours: 1 })).json;
    const request = await deliver(tenant, 'overlap');
    for (const secret of [tenant.signingSecret, own, generated.secrets.signing_secret]) {
      expect(verifiesWith(secret, request)).toBe(true);
    }
    expect(verifiesWith(generateSigningSecret(), request)).toBe(false);
    expect(generated.redacted_secrets.signing_secret).toMatchObject({ present: true, version: 3 });
    expect(generated.redacted_secrets.signing_secret.previous_valid_until).toHaveLength(2);
  });

  it('signs with the new secret alone when no overlap is asked for', async () => {
    const tenant = await connect();
    const { json } = await rotate(tenant, { secrets: {}, overlap_hours: 0 });
    const request = await deliver(tenant, 'no-overlap');
    expect(verifiesWith(json.secrets.signing_secret, request)).toBe(true);
    expect(verifiesWith(tenant.signingSecret, request)).toBe(false);
    expect(json.redacted_secrets.signing_secret).not.toHaveProperty('previous_valid_until');
  });

  it('shows a generated secret in this answer and in no other', async () => {
    const tenant = await connect();
    const { json } = await rotate(tenant, { secrets: {} });
    const { secrets, ...view } = json;
    const shown = await show(tenant);
    expect(shown.json).toEqual(view);
    expect(shown.text).not.toContain(secrets.signing_secret);
    expect(api.logs.filter((line) => line.includes(secrets.signing_secret))).toEqual([]);
  });

  it('issues a new key to the principal, which stays who it was', async () => {
    const tenant = await connect();
    const before = (await show(tenant)).json.principal;
    const { json } = await rotate(tenant, { secrets: {} });
    expect(json.principal).toMatchObject({ subject_id: before.subject_id, grants: before.grants });
    expect(json.principal.key_id).not.toBe(before.key_id);
    const configured = await rotate(tenant, { config: { url: `${receiver.url}/other` } });
    expect(configured.json.principal.key_id).toBe(json.principal.key_id);
  });

  it('keeps the connection enabled and what is on its way: all arrives, signed with what was valid', async () => {
    const tenant = await connect();
    const started = receiver.requests.length;
    const events = Array.from({ length: 60 }, (_, index) => companyUpdated(`rotating-${index}`));
    const publishing = api.publish(tenant.headers, ...events);
    const known = [tenant.signingSecret];
    for (let turn = 0; turn < 3; turn++) {
      const { json } = await rotate(tenant, { secrets: {} });
      known.push(json.secrets.signing_secret);
    }
    await publishing;
    await until('all arrive', async () => receiver.requests.length >= started + events.length);
    for (const request of receiver.requests.slice(started)) {
      expect(known.some((secret) => verifiesWith(secret, request))).toBe(true);
    }
  });

  it('keeps three earlier versions and no more', async () => {
    const tenant = await connect();
    for (let turn = 0; turn < 5; turn++) await rotate(tenant, { secrets: {}, overlap_hours: 24 });
    const { signing_secret } = (await show(tenant)).json.redacted_secrets;
    expect([signing_secret.version, signing_secret.previous_valid_until.length]).toEqual([6, 3]);
    expect(verifiesWith(tenant.signingSecret, await deliver(tenant, 'sixth'))).toBe(false);
  });
});

describe('PATCH /connections/{connector_type} with secrets: refusals', () => {
  it.each([
    ['an overlap of more than a week', { secrets: {}, overlap_hours: 169 }, 'overlap_hours'],
    ['an overlap that is negative', { secrets: {}, overlap_hours: -1 }, 'overlap_hours'],
    ['a secret that is not fit', { secrets: { signing_secret: 'canary' } }, 'secrets.signing_secret'],
    ['a secret that cannot be made', { secrets: { color: null } }, 'secrets.color'],
    ['a secret that is no text', { secrets: { signing_secret: 7 } }, 'secrets.signing_secret'],
    ['a note with a secret in it', { secrets: {}, note: generateSigningSecret() }, 'note'],
  ])('is 422 for %s, and nothing is rotated', async (_, body, field) => {
    const tenant = await connect();
    const before = (await show(tenant)).json;
    const { status, json, text } = await rotate(tenant, body);
    expect([status, json.code, json.errors[0].field]).toEqual([422, 'request.invalid', field]);
    expect(text).not.toContain('canary');
    expect((await show(tenant)).json).toEqual(before);
  });
});
