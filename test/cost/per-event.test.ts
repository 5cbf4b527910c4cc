import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allOf, type Counts, countsOf, totalOf } from '../../bench/counts.ts';
import { type DeployedFunction, deployedFunctions } from '../../bench/deployed-functions.ts';
import { signalOf } from '../../bench/events.ts';
import { type Recording, startRecorder } from '../../bench/recording.ts';
import { settled } from '../../bench/settled.ts';
import { sum } from '../../bench/statistics.ts';
import { ofType } from '../../local/cloud/template-resources.ts';
import { ASSEMBLY_DIR } from '../harness/assembly.ts';
import { connectWebhook, startTestCloud, type TestCloud } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { until } from '../harness/until.ts';

const EVENT_BYTES = 1024;

const recorder = startRecorder();
let cloud: TestCloud;
let functions: readonly DeployedFunction[];
let receiver: Receiver;
beforeAll(async () => {
  [cloud, receiver] = await Promise.all([startTestCloud(recorder.observer), startReceiver()]);
  functions = deployedFunctions(cloud.cloud, ASSEMBLY_DIR);
});
afterAll(async () => {
  await cloud.stop();
  await receiver.close();
});

const nameOf = (folder: string) => functions.find((each) => each.folder === folder)?.name;

interface Cost {
  readonly recording: Recording;
  readonly counts: Counts;
  readonly published: readonly string[];
  /** Event ids in the order in which the destination had them. */
  readonly received: readonly string[];
}

/** A connection whose use was noted just now, as it is for all but one moment of each hour. */
const connectionInUse = async () => {
  const { headers } = await connectWebhook(cloud, receiver.url);
  await cloud.call('POST', '/events', { headers, body: { events: [companyUpdated('first')] } });
  await until('its use is noted', async () => {
    const { json } = await cloud.call('GET', '/connections/webhook', { headers });
    return json.principal.last_used_at !== undefined;
  });
  await settled(cloud.cloud);
  return headers;
};

/** What it takes in all to deliver the events of these POSTs to one connection, from the first POST to silence. */
const costOf = async (posts: readonly (readonly object[])[], atOnce: boolean): Promise<Cost> => {
  const headers = await connectionInUse();
  const before = receiver.requests.length;
  recorder.take();
  const published: string[] = [];
  const post = async (events: readonly object[]) => {
    const answer = await cloud.call('POST', '/events', { headers, body: { events } });
    expect(answer.json.results).toEqual(events.map(() => expect.objectContaining({ status: 'accepted' })));
    published.push(...answer.json.results.map((result: { event_id: string }) => result.event_id));
    await until('its events arrive', () => atOnce || receiver.requests.length === before + published.length);
  };
  if (atOnce) await Promise.all(posts.map(post));
  else for (const events of posts) await post(events);
  await until('all events arrive', () => receiver.requests.length >= before + published.length);
  await settled(cloud.cloud);
  const recording = recorder.take();
  const received = receiver.requests.slice(before).map((request) => String(request.headers['webhook-id']));
  return { recording, counts: countsOf(recording, functions), published, received };
};

const postsOf = (count: number, size: number, eventOf: (index: number) => object) =>
  Array.from({ length: count }, (_, post) =>
    Array.from({ length: size }, (_, index) => eventOf(post * size + index)),
  );

/** Over every table, with its indexes, and every caller. */
const writeUnits = ({ recording, published }: Cost) =>
  sum(recording.dynamodb.map((call) => call.writeUnits)) / published.length;

/** Four units for each event, and for each batch that came out of the stream a journal page of at most four. */
const unitsInBatches = ({ recording, published }: Cost) => {
  const dispatch = nameOf('outbound/dispatch');
  const batches = recording.invocations.filter((run) => run.functionName === dispatch).length;
  return 4 + (4 * batches) / published.length;
};

describe('600 events of 1 KB of prose, in six POSTs, to one connection', () => {
  let cost: Cost;
  beforeAll(async () => {
    const posts = postsOf(6, 100, (index) => signalOf('prose', index, EVENT_BYTES));
    cost = await costOf(posts, true);
  });

  it('take four write units each and a share of a journal page', async ({ annotate }) => {
    await annotate(`${writeUnits(cost)} write units per delivered event`);
    expect(writeUnits(cost)).toBeGreaterThanOrEqual(4);
    expect(writeUnits(cost)).toBeLessThanOrEqual(Math.min(unitsInBatches(cost), 5));
  });

  it('are written by our functions alone, so that no write is missing from their count', () => {
    expect(totalOf(cost.counts, 'writeUnits') / cost.published.length).toBeCloseTo(writeUnits(cost), 6);
  });

  it('take at most half an SQS request each, sends, receives and deletes together', async ({ annotate }) => {
    const requests = allOf(cost.counts.sqs) / cost.published.length;
    await annotate(`${requests} SQS requests per delivered event`);
    expect([...cost.counts.sqs.keys()].sort()).toEqual([
      'DeleteMessageBatch',
      'ReceiveMessage',
      'SendMessageBatch',
    ]);
    expect(requests).toBeLessThanOrEqual(0.5);
  });

  it('take at most one KMS call for each worker that was started, and no other', () => {
    const { recording, counts } = cost;
    const deliver = nameOf('outbound/deliver');
    const workers = recording.invocations.filter((run) => run.functionName === deliver && run.cold).length;
    expect([...counts.kms.keys()]).toEqual(['Decrypt']);
    expect(recording.kms.filter(({ caller }) => caller !== deliver)).toEqual([]);
    expect(allOf(counts.kms)).toBeLessThanOrEqual(workers);
  });

  it('arrive, each once', () => {
    expect(cost.received.toSorted()).toEqual(cost.published.toSorted());
    expect(new Set(cost.published).size).toBe(600);
  });

  it('are dispatched with one read of the connections for each batch', () => {
    const dispatch = nameOf('outbound/dispatch');
    const reads = cost.recording.dynamodb.filter((call) => call.caller === dispatch && call.readUnits > 0);
    const batches = cost.recording.invocations.filter((run) => run.functionName === dispatch);
    const connections = ofType(cloud.cloud.resources, 'AWS::DynamoDB::Table').find(({ logicalId }) =>
      logicalId.startsWith('StorageConnections'),
    );
    expect(reads.map(({ operation, tables }) => [operation, ...tables])).toEqual(
      batches.map(() => ['Query', connections?.physicalName]),
    );
  });
});

describe('events that are less kind', () => {
  const random = (index: number) => {
    const event = companyUpdated(`random-${index}`, { description: '' });
    const length = EVENT_BYTES - Buffer.byteLength(JSON.stringify(event));
    return companyUpdated(`random-${index}`, {
      description: randomBytes(EVENT_BYTES).toString('base64').slice(0, length),
    });
  };

  it('take four write units each and a share of a journal page even where 1 KB hardly deflates', async ({
    annotate,
  }) => {
    const cost = await costOf(postsOf(2, 100, random), true);
    await annotate(`${writeUnits(cost)} write units per delivered event`);
    expect(writeUnits(cost)).toBeLessThanOrEqual(Math.min(unitsInBatches(cost), 5));
  });

  it('take five write units each where they come alone, each with a journal page of its own', async ({
    annotate,
  }) => {
    const cost = await costOf(
      postsOf(20, 1, (index) => signalOf('alone', index, EVENT_BYTES)),
      false,
    );
    await annotate(`${writeUnits(cost)} write units per delivered event`);
    expect(writeUnits(cost)).toBeLessThanOrEqual(5);
  });
});

describe('the note that a connection was used', () => {
  it('takes at most five write units and no read, and the next event takes none', async ({ annotate }) => {
    const { headers } = await connectWebhook(cloud, receiver.url);
    const connections = ofType(cloud.cloud.resources, 'AWS::DynamoDB::Table').find(({ logicalId }) =>
      logicalId.startsWith('StorageConnections'),
    )?.physicalName;
    const unitsOfEvent = async (key: string) => {
      const before = receiver.requests.length;
      recorder.take();
      await cloud.call('POST', '/events', { headers, body: { events: [companyUpdated(key)] } });
      await until('it arrives', async () => receiver.requests.length > before);
      await settled(cloud.cloud);
      const calls = recorder
        .take()
        .dynamodb.filter(
          ({ caller, tables }) =>
            caller === nameOf('outbound/deliver') && tables.some((table) => table === connections),
        );
      const reads = calls.filter(({ readUnits }) => readUnits > 0).map(({ operation }) => operation);
      return { reads, writeUnits: sum(calls.map((call) => call.writeUnits)) };
    };
    const first = await unitsOfEvent('noted');
    await annotate(`${first.writeUnits} write units per connection and hour`);
    expect(first.writeUnits).toBeGreaterThan(0);
    expect(first.writeUnits).toBeLessThanOrEqual(5);
    expect(first.reads).toEqual(['Query']);
    expect(await unitsOfEvent('not-noted')).toEqual({ reads: ['Query'], writeUnits: 0 });
  });
});
