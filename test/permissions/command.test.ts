import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { assemblyWith, readTemplate, type Template } from './booted.ts';

const root = join(import.meta.dirname, '../..');
const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

const run = async (template: Template, ...options: string[]) => {
  const directory = mkdtempSync(join(tmpdir(), 'crossdock-assembly-'));
  directories.push(directory);
  const args = ['bin/permissions.ts', '--assembly', assemblyWith(template, directory), ...options];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { printed, code };
};

/** The template whose catalogue may purge queues, and may not write its log. */
const wrongTemplate = (): Template => {
  const template = readTemplate();
  const [id] = Object.keys(template.Resources).filter((name) => name.startsWith('ApiCatalogueRoleDefault'));
  const [statement] = template.Resources[id ?? '']?.Properties.PolicyDocument.Statement ?? [];
  statement.Action = ['logs:CreateLogStream', 'sqs:PurgeQueue'];
  return template;
};

describe('npm run permissions', { timeout: 90_000 }, () => {
  it('ends with 0 and prints each role when the roles are right', async () => {
    const { printed, code } = await run(readTemplate());
    expect(code).toBe(0);
    expect(printed).toMatch(/^Crossdock-LanewebhookDeliver/);
    expect(printed).toContain('0 granted and never used, 0 denied, 0 excused.');
  });

  it('ends with 1 when something is granted and never used, or denied, and says so in JSON on request', async () => {
    const { printed, code } = await run(wrongTemplate(), '--json');
    expect(code).toBe(1);
    const findings = JSON.parse(printed);
    expect(findings.neverUsed).toMatchObject([
      { holder: expect.stringMatching(/ApiCatalogue/), action: 'sqs:PurgeQueue' },
    ]);
    expect(findings.denied).toMatchObject([
      { functionName: expect.stringMatching(/ApiCatalogue/), action: 'logs:PutLogEvents' },
    ]);
    expect(findings.failure).toBeUndefined();
  });
});
