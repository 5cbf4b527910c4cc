import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tokenHashes } from '../../local/cli.ts';
import { systemClock } from '../../local/clock.ts';
import { boot } from '../../local/cloud/boot.ts';
import type { CloudObserver } from '../../local/cloud/options.ts';
import { startLenientVendor } from '../../local/lenient-vendor.ts';
import { scenarioTarget } from '../../local/permissions-target.ts';
import { ASSEMBLY_DIR } from '../harness/assembly.ts';

const TEMPLATE = 'Crossdock.template.json';
export const OPERATOR_TOKEN = 'operator-token-of-the-tests';

export interface TemplateResource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test edits whatever the template holds
  readonly Properties: any;
}

export interface Template {
  readonly Resources: Record<string, TemplateResource>;
}

export const readTemplate = (): Template => JSON.parse(readFileSync(join(ASSEMBLY_DIR, TEMPLATE), 'utf8'));

/** The assembly of the tests with another template, in a directory of its own. */
export const assemblyWith = (template: Template, directory: string): string => {
  for (const name of readdirSync(ASSEMBLY_DIR)) {
    const from = join(ASSEMBLY_DIR, name);
    if (name.startsWith('asset.')) symlinkSync(from, join(directory, name));
    else cpSync(from, join(directory, name));
  }
  writeFileSync(join(directory, TEMPLATE), JSON.stringify(template));
  return directory;
};

/** Boots a template, edited or not, on data of its own. */
export const bootTemplate = async (template: Template, observer: CloudObserver = {}) => {
  const directory = mkdtempSync(join(tmpdir(), 'crossdock-permissions-'));
  const assemblyDir = mkdtempSync(join(tmpdir(), 'crossdock-assembly-'));
  const vendor = await startLenientVendor();
  const remove = async () => {
    await vendor.close();
    for (const made of [directory, assemblyDir]) rmSync(made, { recursive: true, force: true });
  };
  try {
    const cloud = await boot({
      assemblyDir: assemblyWith(template, assemblyDir),
      dataDir: directory,
      port: 0,
      clock: systemClock,
      parameters: {
        OperatorTokenHashes: tokenHashes({ tokens: [OPERATOR_TOKEN], generated: false }),
        LoopbackDestinations: 'allow',
        VendorUrls: vendor.vendorUrls,
      },
      ...observer,
    });
    const stop = () => cloud.stop().finally(remove);
    return { cloud, target: scenarioTarget(cloud, OPERATOR_TOKEN), stop };
  } catch (error) {
    await remove();
    throw error;
  }
};
