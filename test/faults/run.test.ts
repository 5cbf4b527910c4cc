import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { rehearse } from '#local/faults/run/rehearse.ts';
import { planRun, type RunResult, runFaults } from '#local/faults/run/run.ts';
import { ASSEMBLY_DIR } from '../harness/assembly.ts';

// Half a minute where nothing else runs.
const RUN_MS_MAX = 300_000;
const EVENTS = 2000;
// The least that every fault at every point takes.
const EVENTS_FEW = 1000;

interface Template {
  readonly Resources: Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>;
}

/** The stack with a mistake in it: its lane no longer listens to which messages the worker wants back. */
const forgetfulAssembly = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'crossdock-forgetful-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  cpSync(ASSEMBLY_DIR, dir, { recursive: true });
  const file = join(dir, 'Crossdock.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
  for (const [logicalId, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type === 'AWS::Lambda::EventSourceMapping' && logicalId.startsWith('Lane'))
      delete Properties['FunctionResponseTypes'];
  }
  writeFileSync(file, JSON.stringify(template));
  return dir;
};

describe('publish, dispatch and deliver under faults at every place where they wait', () => {
  const seed = Number(process.env['FAULTS_SEED'] ?? 1);
  const options = { seed, events: EVENTS };
  let result: RunResult;
  beforeAll(async () => {
    result = await runFaults({ ...options, assemblyDir: ASSEMBLY_DIR });
  }, RUN_MS_MAX);

  it(`lose nothing, leave nothing stuck, and send each event under its own id (FAULTS_SEED=${seed})`, () => {
    expect(result.faults).toEqual([]);
    expect([...result.ended].sort()).toEqual([
      ['delivered', EVENTS * 0.9],
      ['quarantined http_400', EVENTS * 0.1],
    ]);
  });

  it('would be struck by the same faults at the same calls of the same events, were the run repeated', async () => {
    const points = await rehearse(ASSEMBLY_DIR);
    expect(points).toEqual(result.points);
    expect(planRun(options, points).plan).toEqual(result.plan);
  });

  it('wait at every table, queue, key, function and destination that they are granted', () => {
    const waits = result.points.map(({ id }) => id.replace(/ if .*/, ''));
    expect(new Set(waits)).toEqual(
      new Set([
        'ApiAuthorizeFunction lambda Invoke ApiAuthorizeFunction',
        'ApiPublishFunction dynamodb PutItem StorageOutbox E',
        'ApiPublishFunction lambda Invoke ApiPublishFunction',
        'ApiPublishFunction sts AssumeRole',
        'DispatchFunction dynamodb PutItem StorageDeliveries E',
        'DispatchFunction dynamodb PutItem StorageDeliveries J',
        'DispatchFunction dynamodb Query StorageConnections C',
        'DispatchFunction lambda Invoke DispatchFunction',
        'DispatchFunction sqs SendMessageBatch LanewebhookQueue',
        'DispatchFunction sts AssumeRole',
        'LanewebhookDeliverFunction dynamodb BatchGetItem StorageOutbox E',
        'LanewebhookDeliverFunction dynamodb GetItem StorageSecrets S',
        'LanewebhookDeliverFunction dynamodb Query StorageConnections C',
        'LanewebhookDeliverFunction dynamodb TransactWriteItems StorageConnections C',
        'LanewebhookDeliverFunction dynamodb UpdateItem StorageDeliveries E',
        'LanewebhookDeliverFunction kms Decrypt',
        'LanewebhookDeliverFunction lambda Invoke LanewebhookDeliverFunction',
        'LanewebhookDeliverFunction sqs DeleteMessage LanewebhookQueue',
        'LanewebhookDeliverFunction sqs ReceiveMessage LanewebhookQueue',
        'LanewebhookDeliverFunction sqs SendMessageBatch LanewebhookQuarantine',
        'LanewebhookDeliverFunction sqs SendMessageBatch LanewebhookQueue',
        'LanewebhookDeliverFunction sts AssumeRole',
        'SweepFunction dynamodb Query StorageDeliveries',
        'SweepFunction dynamodb Query StorageLimits',
        'SweepFunction dynamodb UpdateItem StorageDeliveries E',
        'SweepFunction lambda Invoke SweepFunction',
        'SweepFunction sqs SendMessageBatch LanewebhookQueue',
        'destination POST',
      ]),
    );
  });
});

describe('a run of faults', () => {
  it(
    'finds the deliveries that a mistake in the stack loses',
    async () => {
      const { faults } = await runFaults({ seed: 3, events: EVENTS_FEW, assemblyDir: forgetfulAssembly() });
      expect(faults).toContainEqual(
        expect.stringMatching(/ended as "(queued|delivering|retry \w+)" and not as "delivered"/),
      );
      expect(faults).toContainEqual(
        expect.stringMatching(/is (queued|delivering|retry), but all should be over/),
      );
    },
    RUN_MS_MAX,
  );
});
