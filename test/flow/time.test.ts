import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boot, type Cloud } from '../../local/cloud/boot.ts';
import { type TravelClock, travelClock } from '../../local/travel-clock.ts';
import { ASSEMBLY_DIR } from '../harness/assembly.ts';
import { connectWebhook, OPERATOR_TOKEN, type TestCloud } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { until } from '../harness/until.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const bootOn = (clock: TravelClock, dataDir: string, logs: string[]): Promise<Cloud> =>
  boot({
    assemblyDir: ASSEMBLY_DIR,
    dataDir,
    port: 0,
    // A sweep for each minute of a month would take a quarter of an hour.
    timedSchedules: false,
    parameters: {
      OperatorTokenHashes: createHash('sha256').update(OPERATOR_TOKEN).digest('hex'),
      LoopbackDestinations: 'allow',
    },
    clock,
    onLog: ({ line }) => logs.push(line),
  });

const callOf =
  (cloud: Cloud): TestCloud['call'] =>
  async (method, path, { body, headers = {} } = {}) => {
    const authorization = `Bearer ${OPERATOR_TOKEN}`;
    const response = await fetch(`${cloud.url}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json', ...(headers as Record<string, string>) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
  };

/** The synthesized template on data of its own and a clock that travels. */
const startTravelCloud = async (clock: TravelClock): Promise<TestCloud> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'crossdock-time-'));
  const logs: string[] = [];
  const cloud = await bootOn(clock, dataDir, logs);
  return {
    cloud,
    dataDir,
    logs,
    call: callOf(cloud),
    async stop() {
      await cloud.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

describe('a delivery in time', () => {
  const clock = travelClock();
  let cloud: TestCloud;
  let receiver: Receiver;
  beforeAll(async () => {
    [cloud, receiver] = await Promise.all([startTravelCloud(clock), startReceiver()]);
  });
  afterAll(async () => {
    await cloud.stop();
    await receiver.close();
  });

  /** Publishes an event to a destination of its own, and resolves when it was tried for the first time. */
  const publish = async (key: string, answer: (attempt: number) => ReturnType<Receiver['answer']>) => {
    const tenant = await connectWebhook(cloud, receiver.url);
    const startedAt = receiver.requests.length;
    const tries = () => receiver.requests.length - startedAt;
    receiver.answer = (_, index) => answer(index - startedAt + 1);
    const { headers } = tenant;
    const published = await cloud.call('POST', '/events', {
      headers,
      body: { events: [companyUpdated(key)] },
    });
    const eventId: string = published.json.results[0].event_id;
    const read = async () => (await cloud.call('GET', `/events/${eventId}`, { headers })).json;
    const delivery = async () => (await read()).deliveries[0];
    await until('the first attempt is recorded', async () => (await delivery())?.attempts.length === 1);
    return { ...tenant, eventId, tries, read, delivery };
  };

  const waitsMs = ({ attempts }: { attempts: { at: string }[] }): number[] =>
    attempts.slice(1).map(({ at }, index) => Date.parse(at) - Date.parse(attempts[index]?.at ?? ''));

  const sweep = () => {
    const { schedules } = cloud.cloud;
    return schedules.fire(schedules.logicalIds.find((id) => id.startsWith('Sweep')) ?? '');
  };

  /** Moves time on to what a delivery waits for, with the sweep of the minute before. */
  const toNextAttempt = async (delivery: () => Promise<{ next_attempt_at?: string }>) => {
    const due = Date.parse((await delivery()).next_attempt_at ?? '');
    await clock.advance(Math.max(0, due - clock.now() - MINUTE_MS / 2));
    await sweep();
    await clock.advance(MINUTE_MS);
  };

  it('passes through its whole retry schedule, and is delivered at the last attempt, three days later', async () => {
    const { tries, delivery } = await publish('last', (attempt) => (attempt < 13 ? 500 : 204));
    for (let attempt = 2; attempt <= 13; attempt += 1) await toNextAttempt(delivery);
    const found = await delivery();
    expect(found).toMatchObject({ state: 'delivered' });
    expect(found.attempts).toHaveLength(13);
    expect(tries()).toBe(13);
    const waits = waitsMs(found);
    const scheduled = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 86_400];
    expect(waits.map((ms, index) => ms >= 0.75 * (scheduled[index] ?? 0) * SECOND_MS)).not.toContain(false);
    expect(
      waits.map((ms, index) => ms <= 1.25 * (scheduled[index] ?? 0) * SECOND_MS + MINUTE_MS),
    ).not.toContain(false);
  });

  it('is quarantined when the last attempt fails too, and never tried again', async () => {
    const { tries, delivery } = await publish('never', () => 500);
    for (let attempt = 2; attempt <= 13; attempt += 1) await toNextAttempt(delivery);
    expect(await delivery()).toMatchObject({ state: 'quarantined', reason: 'http_500' });
    await clock.advance(3 * DAY_MS);
    await sweep();
    expect(tries()).toBe(13);
  });

  it('waits while its connection is paused, without an attempt, and is made within a minute of the resume', async () => {
    const { headers, tries, ...tenant } = await publish('before-the-pause', () => 204);
    await cloud.call('POST', '/connections/webhook/pause', { headers });
    const body = { events: [companyUpdated('meanwhile')] };
    const published = await cloud.call('POST', '/events', { headers, body });
    const path = `/events/${published.json.results[0].event_id}`;
    const delivery = async () => (await cloud.call('GET', path, { headers })).json.deliveries[0];
    await until('it is parked', async () => (await delivery())?.state === 'parked');
    await clock.advance(10 * DAY_MS);
    await sweep();
    expect(await delivery()).toMatchObject({ state: 'parked', reason: 'paused', attempts: [] });
    expect(tries()).toBe(1);
    const resumed = await cloud.call('POST', '/connections/webhook/resume', { headers });
    expect(resumed.json).not.toHaveProperty('paused_at');
    await sweep();
    await until('it is delivered', async () => (await delivery()).state === 'delivered');
    expect(tries()).toBe(2);
    expect(tenant.eventId).not.toBe(published.json.results[0].event_id);
  });

  it('waits when the secrets of its connection have expired, which health tells, until there are new ones', async () => {
    const { headers, tries } = await publish('in-time', () => 204);
    const at = new Date(clock.now() + HOUR_MS).toISOString();
    const change = (body: object) => cloud.call('PATCH', '/connections/webhook', { headers, body });
    expect((await change({ secrets: {}, secrets_expire_at: at })).status).toBe(200);
    const health = async () => (await cloud.call('GET', '/connections/webhook/health', { headers })).json;
    expect((await health()).reasons).toEqual([]);
    await clock.advance(HOUR_MS + 1);
    const reason = { code: 'secret_expired', field: 'secrets.signing_secret', detail: 'has expired' };
    expect(await health()).toMatchObject({ status: 'degraded', reasons: [reason] });
    const body = { events: [companyUpdated('too-late')] };
    const published = await cloud.call('POST', '/events', { headers, body });
    const path = `/events/${published.json.results[0].event_id}`;
    const delivery = async () => (await cloud.call('GET', path, { headers })).json.deliveries[0];
    await until('it is parked', async () => (await delivery())?.state === 'parked');
    expect((await change({ secrets: {} })).status).toBe(200);
    await sweep();
    await until('it is delivered', async () => (await delivery()).state === 'delivered');
    expect(await health()).toMatchObject({ reasons: [] });
    expect(tries()).toBe(2);
  });

  it('that is parked is skipped, with the reason, when its connection is revoked', async () => {
    const { headers, tries } = await publish('well', () => 204);
    await cloud.call('POST', '/connections/webhook/pause', { headers });
    const published = await cloud.call('POST', '/events', {
      headers,
      body: { events: [companyUpdated('cancelled')] },
    });
    const path = `/events/${published.json.results[0].event_id}`;
    const delivery = async () => (await cloud.call('GET', path, { headers })).json.deliveries[0];
    await until('it is parked', async () => (await delivery())?.state === 'parked');
    await cloud.call('DELETE', '/connections/webhook', { headers });
    await sweep();
    await until('it is over', async () => (await delivery()).state === 'skipped');
    expect(await delivery()).toMatchObject({ reason: 'connection_revoked', attempts: [] });
    expect(tries()).toBe(1);
  });

  it('keeps a Retry-After of two hours, though no message can wait for so long', async () => {
    const later = { status: 503, headers: { 'retry-after': '7200' } };
    const { tries, delivery } = await publish('later', (attempt) => (attempt === 1 ? later : 204));
    await clock.advance(2 * HOUR_MS - MINUTE_MS / 2);
    await sweep();
    expect(tries()).toBe(1);
    expect(await delivery()).toMatchObject({ state: 'retry' });
    await clock.advance(MINUTE_MS);
    expect(await delivery()).toMatchObject({ state: 'delivered' });
    expect(tries()).toBe(2);
  });

  it('to a destination that throttles is given up after a week, and not before', async () => {
    const busy = { status: 429, headers: { 'retry-after': String(2 * 86_400) } };
    const { tries, delivery } = await publish('throttled', () => busy);
    for (let days = 2; days <= 6; days += 2) await toNextAttempt(delivery);
    expect(await delivery()).toMatchObject({ state: 'retry' });
    await toNextAttempt(delivery);
    expect(await delivery()).toMatchObject({ state: 'quarantined', reason: 'http_429' });
    expect(tries()).toBe(5);
  });

  it('is forgotten after 30 days, when its event can still be read', async () => {
    const { delivery, read } = await publish('forgotten', () => 204);
    await clock.advance(29 * DAY_MS);
    await cloud.cloud.expiry.sweep();
    expect(await delivery()).toMatchObject({ state: 'delivered' });
    await clock.advance(2 * DAY_MS);
    await until('the row is gone', async () => (await read()).deliveries.length === 0);
    expect((await read()).event).toMatchObject({ idempotency_key: 'forgotten' });
  });

  it('whose worker vanished is made when the message is visible again and the lease is over', async () => {
    const later = { status: 503, headers: { 'retry-after': '600' } };
    const { tenantId, eventId, connectionId, tries, delivery } = await publish('vanished', (attempt) =>
      attempt === 1 ? later : 204,
    );
    // As a worker leaves it that took the row shortly before its message came, and then died.
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const { endpoint } = cloud.cloud.engines.dynamodb;
    const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
    const table = [...cloud.cloud.resources.values()].find(({ logicalId }) =>
      logicalId.startsWith('StorageDeliveries'),
    );
    await client.send(
      new UpdateItemCommand({
        TableName: table?.physicalName,
        Key: { pk: { S: `T#${tenantId}#E#${eventId}` }, sk: { S: connectionId } },
        UpdateExpression: 'SET #state = :state, lease = :lease, lease_until = :until',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':state': { S: 'delivering' },
          ':lease': { S: 'lse_vanished' },
          ':until': { N: String(clock.now() + 11 * MINUTE_MS) },
        },
      }),
    );
    client.destroy();
    await clock.advance(15 * MINUTE_MS);
    expect(tries()).toBe(1);
    expect(await delivery()).toMatchObject({ state: 'delivering' });
    await clock.advance(2 * MINUTE_MS);
    expect(await delivery()).toMatchObject({ state: 'delivered' });
    expect(tries()).toBe(2);
  });
});
