import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ASSEMBLY_DIR } from '../harness/assembly.ts';
import { OPERATOR_TOKEN, startTestCloud, type TestCloud } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { until } from '../harness/until.ts';

const bytes = randomBytes(32);
const CANARY = `whsec_${bytes.toString('base64')}`;
const TENANT = '0c9b3c52-6a0e-4f5b-9d5c-3a4a5c1f0e11';

/** The ways in which the canary could stand somewhere: as it is, its bare base64, its bytes, in hex, as a JSON text. */
const shapes = [
  Buffer.from(CANARY),
  Buffer.from(bytes.toString('base64')),
  bytes,
  Buffer.from(bytes.toString('hex')),
  Buffer.from(Buffer.from(CANARY).toString('base64')),
];

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('a secret', () => {
  let cloud: TestCloud;
  let receiver: Receiver;
  const answers: string[] = [];
  beforeAll(async () => {
    [cloud, receiver] = await Promise.all([startTestCloud(), startReceiver()]);
    const headers = { 'x-tenant-id': TENANT };
    const call = async (...args: Parameters<TestCloud['call']>) => {
      const answer = await cloud.call(...args);
      answers.push(answer.text, JSON.stringify([...answer.headers]));
      return answer;
    };
    await call('PUT', `/admin/tenants/${TENANT}`, { body: { integrations_enabled: true } });
    const connection = {
      connector_type: 'webhook',
      config: { url: receiver.url },
      secrets: { signing_secret: CANARY },
    };
    await call('POST', '/connections', { headers, body: connection });
    await call('POST', '/connections', { headers, body: connection });
    const bad = { ...connection, secrets: { signing_secret: `${CANARY}!` } };
    await call('POST', '/connections', { headers: { 'x-tenant-id': TENANT.replace('0c', '1c') }, body: bad });
    await call('POST', '/connections', {
      headers,
      body: { ...connection, config: { signing_secret: CANARY } },
    });
    await call('PATCH', '/connections/webhook', { headers, body: { state: 'enabled' } });
    await call('GET', '/connections', { headers });
    await call('GET', '/providers');
    receiver.answer = (_, index) => (index === 0 ? 400 : 204);
    const events = [companyUpdated('one'), companyUpdated('two')];
    const published = await call('POST', '/events', { headers, body: { events } });
    for (const { event_id } of published.json.results) {
      await until('it has an outcome', async () =>
        ['delivered', 'quarantined'].includes(
          (await call('GET', `/events/${event_id}`, { headers })).json.deliveries[0]?.state,
        ),
      );
    }
    const secrets = { signing_secret: CANARY };
    await call('PATCH', '/connections/webhook', { headers, body: { secrets } });
    await call('PATCH', '/connections/webhook', { headers, body: { secrets, note: `It is ${CANARY}` } });
    await call('POST', '/connections/webhook/test', { headers });
    for (const path of ['/connections/webhook/health', '/connections/webhook/activity']) {
      await call('GET', path, { headers });
    }
    for (const path of ['/admin/connections', '/admin/activity']) await call('GET', path);
    // What is still in memory is on disk afterwards, and the files are whole.
    await cloud.cloud.stop();
  });
  afterAll(async () => {
    await receiver.close();
    await cloud.stop();
  });

  const expectNowhere = (place: string, content: Buffer) => {
    for (const shape of shapes) expect(content.includes(shape), `the canary stands in ${place}`).toBe(false);
  };

  it('was used: both events were signed with it', () => {
    const signatures = receiver.requests.map(({ headers }) => headers['webhook-signature']?.slice(0, 3));
    // The last one is the test of the connection, which signs nothing.
    expect(signatures).toEqual(['v1,', 'v1,', undefined]);
  });

  it('is in no file of tables, queues, keys or checkpoints', () => {
    const files = filesBelow(cloud.dataDir);
    expect(files.some((file) => file.endsWith('dynamodb.sqlite'))).toBe(true);
    for (const file of files) expectNowhere(file, readFileSync(file));
  });

  it('is in no log line', () => {
    expect(cloud.logs.length).toBeGreaterThan(0);
    expectNowhere('the log', Buffer.from(cloud.logs.join('\n')));
  });

  it('is in no answer of the API, not even in the one that refuses it', () => {
    expectNowhere('an answer', Buffer.from(answers.join('\n')));
  });

  it('is not in the template, and neither is an operator token', () => {
    for (const file of filesBelow(ASSEMBLY_DIR).filter((name) => name.endsWith('.json'))) {
      const content = readFileSync(file);
      expectNowhere(file, content);
      expect(content.includes(OPERATOR_TOKEN)).toBe(false);
    }
  });
});
