import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { report } from '../local/faults/run/report.ts';
import { runFaults } from '../local/faults/run/run.ts';
import { synthesize } from '../local/synthesize.ts';

// Lambda runs in UTC; a worker thread takes its time zone from this process.
process.env['TZ'] = 'UTC';

const number = (name: string, text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a whole number`);
  return Number(text);
};

try {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      events: { type: 'string', default: '2000' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const options = { seed: number('seed', values.seed), events: number('events', values.events) };
  const assemblyDir = join(import.meta.dirname, '../build/faults-assembly');
  await synthesize(assemblyDir);
  const startedAtMs = performance.now();
  const onLine = values.verbose ? { onLine: (line: string) => console.error(line) } : {};
  const result = await runFaults({ ...options, assemblyDir, ...onLine });
  console.log(report(options, result).join('\n'));
  // Apart from the report, which is the same each time.
  console.error(`Took ${Math.round((performance.now() - startedAtMs) / 1000)} s`);
  if (result.faults.length > 0) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
