import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAssembly } from '../../../local/cloudformation/assembly.ts';

let cdkOutDir: string;

const write = (file: string, content: unknown) =>
  writeFileSync(join(cdkOutDir, file), JSON.stringify(content));

const writeStacks = (...names: string[]) => {
  const stack = (id: string) => ({
    type: 'aws:cloudformation:stack',
    properties: { templateFile: `${id}.template.json`, stackName: `prod-${id}` },
  });
  write('manifest.json', {
    artifacts: { Tree: { type: 'cdk:tree' }, ...Object.fromEntries(names.map((id) => [id, stack(id)])) },
  });
  for (const id of names) {
    write(`${id}.template.json`, { Resources: {}, Description: id });
    const destinations = { current: { bucketName: 'assets', objectKey: `functions/${id}.zip` } };
    const command = {
      source: { executable: ['build'] },
      destinations: { current: { objectKey: 'built.zip' } },
    };
    write(`${id}.assets.json`, {
      files: { hash: { source: { path: `asset.${id}` }, destinations }, command },
    });
  }
};

beforeEach(() => {
  cdkOutDir = mkdtempSync(join(tmpdir(), 'assembly-'));
});
afterEach(() => rmSync(cdkOutDir, { recursive: true }));

describe('readAssembly', () => {
  it('finds the only stack, its template and the directory behind an S3 key', () => {
    writeStacks('Main');
    const assembly = readAssembly(cdkOutDir);
    expect(assembly.stackName).toBe('prod-Main');
    expect(assembly.template).toEqual({ Resources: {}, Description: 'Main' });
    expect(assembly.assetDirectory('functions/Main.zip')).toBe(join(cdkOutDir, 'asset.Main'));
  });

  it('throws for an S3 key that no built asset has', () => {
    writeStacks('Main');
    expect(() => readAssembly(cdkOutDir).assetDirectory('built.zip')).toThrow(
      /no asset of prod-Main.*built\.zip/,
    );
  });

  it('wants a name when there are several stacks', () => {
    writeStacks('Main', 'Operator');
    expect(() => readAssembly(cdkOutDir)).toThrow(/exactly one stack.*prod-Main, prod-Operator/);
    expect(readAssembly(cdkOutDir, 'prod-Operator').template).toMatchObject({ Description: 'Operator' });
    expect(() => readAssembly(cdkOutDir, 'Nobody')).toThrow(/expected Nobody/);
  });
});
