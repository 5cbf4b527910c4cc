import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isFaultless } from '../local/permissions-findings.ts';
import { printFindings } from '../local/permissions-report.ts';
import { runPermissions } from '../local/permissions-run.ts';
import { synthesize } from '../local/synthesize.ts';

// Lambda runs in UTC; a worker thread takes its time zone from this process.
process.env['TZ'] = 'UTC';

// An assembly that is already synthesized may be given in place of the one of this project.
const { assembly, json } = parseArgs({
  options: { assembly: { type: 'string' }, json: { type: 'boolean', default: false } },
}).values;
const assemblyDir = assembly ?? join(import.meta.dirname, '../build/permissions-assembly');
const dataDir = mkdtempSync(join(tmpdir(), 'crossdock-permissions-'));
try {
  if (assembly === undefined) await synthesize(assemblyDir);
  const findings = await runPermissions(assemblyDir, dataDir);
  console.log(json ? JSON.stringify(findings, null, 2) : printFindings(findings));
  if (!isFaultless(findings)) process.exitCode = 1;
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
