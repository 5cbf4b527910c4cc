import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../local/clock.ts';
import { boot } from '../../../local/cloud/boot.ts';
import { makeFailureStore } from '../../../local/cloud/failure-store.ts';
import { makeStops } from '../../../local/cloud/stops.ts';
import { ASSEMBLY_DIR } from '../../harness/assembly.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'crossdock-boot-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const parameters = { OperatorTokenHashes: '', LoopbackDestinations: 'allow' };
const start = (changes: object = {}) =>
  boot({ assemblyDir: ASSEMBLY_DIR, dataDir, port: 0, parameters, clock: systemClock, ...changes });

describe('a boot', () => {
  it('refuses tables without their keys: no secret would open, and new keys would hide that', async () => {
    const cloud = await start();
    await cloud.stop();
    rmSync(join(dataDir, 'keys.json'));
    await expect(start()).rejects.toThrow('holds tables without their keys');
    expect(existsSync(join(dataDir, 'keys.json'))).toBe(false);
  });

  it('that fails stops what it had started, so that the next one can begin', async () => {
    await expect(start({ parameters: { ...parameters, LoopbackDestinations: 'perhaps' } })).rejects.toThrow();
    const cloud = await start();
    expect((await fetch(`${cloud.url}/health`)).status).toBe(200);
    await cloud.stop();
  });
});

describe('what an event source mapping gives up', () => {
  it('is kept whole, under the key that Lambda would choose in the bucket', () => {
    const record = {
      requestContext: {
        requestId: 'r',
        functionArn: 'arn',
        condition: 'RetryAttemptsExhausted' as const,
        approximateInvokeCount: 21,
      },
      version: '1.0' as const,
      timestamp: '2026-11-20T08:30:00.000Z',
      DDBStreamBatchInfo: {
        shardId: 'shard-1',
        startSequenceNumber: '1',
        endSequenceNumber: '2',
        approximateArrivalOfFirstRecord: '2026-11-20T08:29:00Z',
        approximateArrivalOfLastRecord: '2026-11-20T08:29:00Z',
        batchSize: 2,
        streamArn: 'arn',
      },
      payload: '{"Records":[]}',
    };
    makeFailureStore(dataDir, 'arn:aws:s3:::failures', 'mapping')(record);
    const folder = join(dataDir, 's3/failures/aws/lambda/mapping/shard-1/2026/11/20');
    const [file = ''] = readdirSync(folder);
    expect(JSON.parse(readFileSync(join(folder, file), 'utf8'))).toEqual(record);
  });
});

describe('stopping', () => {
  it('goes from the last to the first, past one that fails, and says what failed', async () => {
    const stopped: string[] = [];
    const stops = makeStops();
    stops.add(() => void stopped.push('first'));
    stops.add(() => Promise.reject(new Error('second')));
    stops.add(() => void stopped.push('third'));
    await expect(stops.run()).rejects.toThrow('second');
    expect(stopped).toEqual(['third', 'first']);
    await stops.run();
    expect(stopped).toEqual(['third', 'first']);
  });
});
