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

  it('passes through its whole retry schedule in one advance, and is delivered at the eighth attempt', async () => {
    const { tries, delivery } = await publish('eighth', (attempt) => (attempt < 8 ? 500 : 204));
    await clock.advance(2 * HOUR_MS);
    const found = await delivery();
    expect(found).toMatchObject({ state: 'delivered' });
    expect(found.attempts).toHaveLength(8);
    expect(tries()).toBe(8);
    const waits = waitsMs(found);
    const least = [2.5, 10, 40, 160, 450, 450, 450];
    expect(waits.map((ms, index) => ms >= (least[index] ?? 0) * SECOND_MS)).not.toContain(false);
    expect(Math.max(...waits)).toBeLessThan(16 * MINUTE_MS);
  });

  it('is quarantined when the eighth attempt fails too, and never tried again', async () => {
    const { tries, delivery } = await publish('never', () => 500);
    await clock.advance(3 * DAY_MS);
    expect(await delivery()).toMatchObject({ state: 'quarantined', reason: 'http_500' });
    expect(tries()).toBe(8);
  });

  it('keeps a Retry-After of two hours, though no message can wait for so long', async () => {
    const later = { status: 503, headers: { 'retry-after': '7200' } };
    const { tries, delivery } = await publish('later', (attempt) => (attempt === 1 ? later : 204));
    await clock.advance(2 * HOUR_MS - MINUTE_MS);
    expect(tries()).toBe(1);
    expect(await delivery()).toMatchObject({ state: 'retry' });
    await clock.advance(2 * MINUTE_MS);
    expect(await delivery()).toMatchObject({ state: 'delivered' });
    expect(tries()).toBe(2);
  });

  it('to a destination that throttles is given up after a day, and not before', async () => {
    const busy = { status: 429, headers: { 'retry-after': '10800' } };
    const { tries, delivery } = await publish('throttled', () => busy);
    await clock.advance(DAY_MS - MINUTE_MS);
    expect(await delivery()).toMatchObject({ state: 'retry' });
    expect(tries()).toBe(8);
    await clock.advance(4 * HOUR_MS);
    expect(await delivery()).toMatchObject({ state: 'quarantined', reason: 'http_429' });
    expect(tries()).toBe(9);
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
