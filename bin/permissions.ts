import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operatorTokens, tokenHashes } from '../local/cli.ts';
import { systemClock } from '../local/clock.ts';
import { boot } from '../local/cloud/boot.ts';
import { printUsage } from '../local/iam/usage.ts';
import { startLenientVendor } from '../local/lenient-vendor.ts';
import { runPermissionsScenario } from '../local/permissions-scenario.ts';
import { synthesize } from '../local/synthesize.ts';

// Lambda runs in UTC; a worker thread takes its time zone from this process.
process.env['TZ'] = 'UTC';

const assemblyDir = join(import.meta.dirname, '../build/permissions-assembly');
const dataDir = mkdtempSync(join(tmpdir(), 'crossdock-permissions-'));
const tokens = operatorTokens({});
const vendor = await startLenientVendor();
try {
  await synthesize(assemblyDir);
  const cloud = await boot({
    assemblyDir,
    dataDir,
    port: 0,
    clock: systemClock,
    parameters: {
      OperatorTokenHashes: tokenHashes(tokens),
      LoopbackDestinations: 'allow',
      VendorUrls: vendor.vendorUrls,
    },
  });
  try {
    await runPermissionsScenario({ apiUrl: cloud.url, operatorToken: tokens.tokens[0] });
  } catch (error) {
    // The refusals in the table most likely say why.
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
  console.log(printUsage(cloud.usage()));
  await cloud.stop();
} finally {
  await vendor.close();
  rmSync(dataDir, { recursive: true, force: true });
}
