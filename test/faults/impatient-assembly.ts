import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASSEMBLY_DIR } from '../harness/assembly.ts';

interface Template {
  readonly Resources: Record<string, { readonly Properties: Record<string, unknown> }>;
}

const TIMEOUT_SECONDS = 4;
const LEASE_SECONDS = 5;
const VISIBILITY_SECONDS = 6;

/**
 * Copies the synthesized stack to `dir` with lanes that are quick to give up on a worker. What a killed worker held
 * comes back only when its visibility ends: minutes in the product, too long for a test. The order of the three times
 * is the product's: a worker is gone before its lease ends, and a lease before its message is back.
 */
export const copyImpatientAssembly = (dir: string): void => {
  cpSync(ASSEMBLY_DIR, dir, { recursive: true });
  const file = join(dir, 'Crossdock.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
  for (const [logicalId, { Properties: properties }] of Object.entries(template.Resources)) {
    if (/^Lane\w+Queue[0-9A-F]{8}$/.test(logicalId)) properties['VisibilityTimeout'] = VISIBILITY_SECONDS;
    if (/^Lane\w+DeliverFunction[0-9A-F]{8}$/.test(logicalId)) {
      const { Variables: variables } = properties['Environment'] as { Variables: Record<string, unknown> };
      properties['Timeout'] = TIMEOUT_SECONDS;
      variables['LEASE_SECONDS'] = String(LEASE_SECONDS);
    }
  }
  writeFileSync(file, JSON.stringify(template));
};
