import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../local/clock.ts';
import { boot } from '../local/cloud/boot.ts';
import { synthesize } from '../local/synthesize.ts';
import { connectTenant } from './api.ts';
import { deployedFunctions } from './deployed-functions.ts';
import { measure } from './measure.ts';
import { type BenchOptions, parseOptions } from './options.ts';
import { startReceiver } from './receiver.ts';
import { startRecorder } from './recording.ts';
import { report } from './report.ts';

const assemblyDir = join(import.meta.dirname, '../build/bench-assembly');

/** Boots a cloud of its own, measures it, and answers the report. Leaves nothing behind but the assembly. */
const run = async (options: BenchOptions): Promise<string[]> => {
  const token = randomBytes(24).toString('base64url');
  const dataDir = mkdtempSync(join(tmpdir(), 'crossdock-bench-'));
  const recorder = startRecorder();
  const receiver = await startReceiver();
  try {
    const cloud = await boot({
      assemblyDir,
      dataDir,
      port: 0,
      parameters: {
        OperatorTokenHashes: createHash('sha256').update(token).digest('hex'),
        LoopbackDestinations: 'allow',
      },
      clock: systemClock,
      ...recorder.observer,
    });
    try {
      const api = { apiUrl: cloud.url, operatorToken: token };
      const tenants: string[] = [];
      while (tenants.length < options.connections) tenants.push(await connectTenant(api, receiver.url));
      const functions = deployedFunctions(cloud, assemblyDir);
      const measured = await measure({ cloud, api, receiver, recorder, tenants, functions }, options);
      const started = new Map([...cloud.functions.values()].map((each) => [each.name, each.initDurationsMs]));
      const initialized = functions.map((each) => ({
        ...each,
        initDurationsMs: started.get(each.name) ?? [],
      }));
      return report(options, measured, initialized);
    } finally {
      await cloud.stop();
    }
  } finally {
    await receiver.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

const main = async (): Promise<void> => {
  const options = parseOptions(process.argv.slice(2));
  console.log('Synthesizing the stack …');
  await synthesize(assemblyDir);
  console.log('Measuring …\n');
  console.log((await run(options)).join('\n'));
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
