import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#local/clock.ts';
import { boot } from '#local/cloud/boot.ts';
import { checkInvariants } from '#local/invariants/check.ts';
import { seededNumbers } from '#local/seeded-numbers.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { until } from '../harness/until.ts';
import { copyImpatientAssembly } from './impatient-assembly.ts';
import { type MortalProcess, mortalProcess } from './mortal-process.ts';
import { type StubbornPublisher, stubbornPublisher } from './stubborn-publisher.ts';

const KILLS = 6;
const EVENTS_PER_KILL = 60;
const EVENTS = (KILLS + 1) * EVENTS_PER_KILL;
const BATCH_MAX = 12;
const REQUEST_EVENTS_MAX = 100;
const PAUSE_MS_MAX = 300;
const START_MS_MAX = 1000;
const PATIENCE_MS = 240_000;
// KILL_SEED=<seed> repeats a run, as far as the machine's own timing lets it.
const SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);

const TOKEN = 'operator-token-of-the-tests';
const TENANT = '9c4ab3de-6f0e-4a53-8e55-7ad1c3a05b17';
const HEADERS = {
  authorization: `Bearer ${TOKEN}`,
  'x-tenant-id': TENANT,
  'content-type': 'application/json',
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await until('a port is found', () => server.listening);
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
};

describe('a product that is killed again and again', () => {
  const dir = mkdtempSync(join(tmpdir(), 'crossdock-kill-'));
  const [dataDir, assemblyDir] = [join(dir, 'data'), join(dir, 'assembly')];
  // Each has its own, so that what one of them has drawn by some moment does not change what the other draws.
  const [killing, publishing] = [seededNumbers(SEED), seededNumbers(SEED + 1)];
  const events = Array.from({ length: EVENTS }, (_, index) => companyUpdated(`event-${index}`));
  const stopping = new AbortController();
  let receiver: Receiver;
  let product: MortalProcess;
  let publisher: StubbornPublisher;

  beforeAll(async () => {
    copyImpatientAssembly(assemblyDir);
    receiver = await startReceiver();
    const port = await freePort();
    product = mortalProcess({ dataDir, assemblyDir, port, operatorToken: TOKEN });
    publisher = stubbornPublisher(`http://127.0.0.1:${port}`, HEADERS, stopping.signal);
    await product.startAndKill(killing(START_MS_MAX));
    await product.start();
    const call = async (method: string, path: string, body: unknown) => {
      const url = `http://127.0.0.1:${port}${path}`;
      const answer = await fetch(url, { method, headers: HEADERS, body: JSON.stringify(body) });
      expect(answer.ok, `${method} ${path}`).toBe(true);
    };
    await call('PUT', `/admin/tenants/${TENANT}`, { integrations_enabled: true });
    await call('POST', '/connections', { connector_type: 'webhook', config: { url: receiver.url } });
    await call('PATCH', '/connections/webhook', { state: 'enabled' });
  });
  afterAll(async () => {
    stopping.abort();
    await product.stop();
    await receiver.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Kills at a moment that the seed names: after so many acknowledgements and so many milliseconds. */
  const killOnce = async (round: number): Promise<void> => {
    const after = round * EVENTS_PER_KILL + killing(EVENTS_PER_KILL);
    await until(`${after} events are acknowledged`, () => publisher.acknowledged.size >= after);
    await pause(killing(PAUSE_MS_MAX));
    await product.kill({ engineToo: round % 2 === 1 });
    if (round % 3 === 1) await product.startAndKill(killing(START_MS_MAX));
    await product.start();
  };

  const killAgainAndAgain = async (): Promise<void> => {
    for (let round = 0; round < KILLS; round++) await killOnce(round);
  };

  const missing = (): string[] => {
    const received = new Set(receiver.requests.map(({ headers }) => headers['webhook-id']));
    return [...publisher.acknowledged.values()].filter((id) => !received.has(id));
  };

  it(
    `loses nothing that it acknowledged (KILL_SEED=${SEED})`,
    async () => {
      await Promise.all([publisher.publishAll(events, () => 1 + publishing(BATCH_MAX)), killAgainAndAgain()]);
      expect(new Set(publisher.acknowledged.values()).size).toBe(EVENTS);
      await until('every event has arrived', () => missing().length === 0).catch(() => {});
      expect(missing(), product.lastLines()).toEqual([]);
    },
    PATIENCE_MS,
  );

  it('sends each event under its own id, however often it sends it', () => {
    const ids = receiver.requests.map(({ headers, body }) => [
      headers['webhook-id'],
      JSON.parse(body.toString()).event_id,
    ]);
    expect(ids.filter(([webhookId, eventId]) => webhookId !== eventId)).toEqual([]);
  });

  it('knows each event that it acknowledged when it is published again', async () => {
    for (let from = 0; from < EVENTS; from += REQUEST_EVENTS_MAX) {
      const batch = events.slice(from, from + REQUEST_EVENTS_MAX);
      const expected = batch.map(({ idempotency_key: key }) => ({
        event_id: publisher.acknowledged.get(key),
        status: 'duplicate',
      }));
      expect(await publisher.publish(batch)).toEqual(expected);
    }
  });

  it('leaves nothing stuck, and its tables and queues in step', async () => {
    await product.stop();
    const OperatorTokenHashes = createHash('sha256').update(TOKEN).digest('hex');
    const parameters = { OperatorTokenHashes, LoopbackDestinations: 'allow' };
    const cloud = await boot({ assemblyDir, dataDir, port: 0, parameters, clock: systemClock });
    const violations = () => checkInvariants(cloud, { settled: true });
    await until('all is settled', async () => (await violations()).length === 0).catch(() => {});
    const left = await violations();
    await cloud.stop();
    expect(left, `KILL_SEED=${SEED}`).toEqual([]);
  });
});
