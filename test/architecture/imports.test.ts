import { describe, expect, it } from 'vitest';
import { circles } from './circles.ts';
import { importFaults } from './import-rules.ts';
import { importsOf } from './imports.ts';
import { sources, tests } from './project.ts';

const faultsOf = (path: string, text: string) =>
  importFaults({ path, text }).map((fault) => fault.split(': ')[1]);

const value = (specifier: string) => `import { x } from '${specifier}';`;
const type = (specifier: string) => `import type { X } from '${specifier}';`;

describe('imports of the project', () => {
  it('run one way in all code', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap(importFaults)).toEqual([]);
  });

  it('never go in a circle', () => {
    expect(circles(sources)).toEqual([]);
  });

  it('are of known packages and of no handler in tests', () => {
    expect(tests.flatMap(importFaults)).toEqual([]);
  });
});

describe('the import rules', () => {
  it.each([
    ['contracts take from contracts', 'contracts/a.ts', value('./b.ts')],
    ['contracts take zod', 'contracts/a.ts', "import * as z from 'zod';"],
    ['platform takes contracts', 'functions/platform/a.ts', value('#contracts/b.ts')],
    ['platform takes built-ins', 'functions/platform/a.ts', value('node:crypto')],
    ['platform takes packages', 'functions/platform/a.ts', value('@aws-sdk/client-sqs')],
    ['a connector takes platform', 'functions/connectors/slack/index.ts', value('../../platform/a.ts')],
    ['a connector takes the frame', 'functions/connectors/slack/index.ts', value('../define.ts')],
    ['the registry takes connectors', 'functions/connectors/all.ts', value('./slack/index.ts')],
    ['connections take connectors', 'functions/connections/a.ts', value('../connectors/all.ts')],
    ['a flow takes what connections publish', 'functions/outbound/a.ts', value('../connections/index.ts')],
    ['a flow takes what a flow publishes', 'functions/sync/a.ts', value('../inbound/index.ts')],
    ['lib takes types of functions', 'lib/a.ts', type('../functions/outbound/deliver/env.ts')],
    ['lib takes values of contracts', 'lib/a.ts', value('../contracts/routes.ts')],
    ['types may come without a package', 'functions/platform/a.ts', type('aws-lambda')],
    ['bench takes local', 'bench/run.ts', value('../local/cloud/boot.ts')],
    ['the app takes the registry', 'bin/app.ts', value('../functions/connectors/all.ts')],
  ])('let pass that %s', (_, path, text) => {
    expect(faultsOf(path, text)).toEqual([]);
  });

  it.each([
    ['contracts take a built-in', 'contracts/a.ts', value('node:fs'), /^contracts import zod alone/],
    ['contracts take a package', 'contracts/a.ts', type('@middy/core'), /^contracts import zod alone/],
    ['contracts take functions', 'contracts/a.ts', type('../functions/platform/a.ts'), /^may not import/],
    [
      'platform takes connectors',
      'functions/platform/a.ts',
      value('../connectors/all.ts'),
      /^may not import/,
    ],
    ['platform takes a flow', 'functions/platform/a.ts', type('../outbound/keys.ts'), /^may not import/],
    [
      'a connector takes connections',
      'functions/connectors/slack/a.ts',
      value('../../connections/index.ts'),
      /^may not/,
    ],
    [
      'a connector takes another',
      'functions/connectors/slack/a.ts',
      type('../jira/index.ts'),
      /^a connector imports another/,
    ],
    [
      'connections take a flow',
      'functions/connections/a.ts',
      value('../outbound/keys.ts'),
      /^may not import/,
    ],
    [
      'identity takes connections',
      'functions/identity/a.ts',
      value('../connections/store.ts'),
      /^may not import/,
    ],
    [
      'a flow takes the inside of connections',
      'functions/outbound/a.ts',
      type('../connections/store.ts'),
      /^may not/,
    ],
    [
      "a flow takes another's stage",
      'functions/inbound/a.ts',
      value('../outbound/publish/publish.ts'),
      /^may not/,
    ],
    [
      'the API takes the inside of connections',
      'functions/api/x/a.ts',
      value('../../connections/view.ts'),
      /^may not/,
    ],
    ['a folder is in no area', 'functions/billing/a.ts', value('#contracts/ids.ts'), /^may not import/],
    [
      'lib takes values of functions',
      'lib/a.ts',
      value('../functions/outbound/deliver/env.ts'),
      /\(values\)$/,
    ],
    [
      'lib takes types one by one',
      'lib/a.ts',
      "import { type X } from '../functions/platform/env.ts';",
      /\(values\)$/,
    ],
    ['local takes functions', 'local/a.ts', type('../functions/platform/ids.ts'), /^may not import/],
    ['local takes contracts', 'local/a.ts', value('#contracts/routes.ts'), /^may not import/],
    ['local takes lib', 'local/a.ts', value('../lib/storage.ts'), /^may not import/],
    ['functions take local', 'functions/platform/a.ts', value('#local/clock.ts'), /^may not import/],
    ['code takes tests', 'bench/a.ts', value('../test/harness/cloud.ts'), /^may not import/],
    [
      'a handler is imported',
      'test/a.test.ts',
      value('../functions/outbound/deliver/handler.ts'),
      /^nobody imports a handler/,
    ],
    ['zod is taken by name', 'functions/platform/a.ts', "import { z } from 'zod';", /^zod is imported as/],
    ['zod is taken as default', 'contracts/a.ts', "import z from 'zod';", /^zod is imported as/],
    ['zod is taken from below', 'contracts/a.ts', "import * as z from 'zod/v4';", /^zod is imported as/],
    ['a package is not in package.json', 'functions/platform/a.ts', value('lodash'), /^lodash is not in/],
    ['a built-in goes without its prefix', 'local/a.ts', value('fs'), /^fs is not in package\.json/],
    [
      'deployed code runs on a development package',
      'lib/a.ts',
      value('fast-check'),
      /development dependency$/,
    ],
    [
      'an import is computed',
      'functions/platform/a.ts',
      'await import(name);',
      /^imports what no rule can read/,
    ],
    ['a default is exported', 'lib/a.ts', 'export default 1;', /^exports a default/],
    [
      'a default is exported by name',
      'lib/a.ts',
      'const a = 1; export { a as default };',
      /^exports a default/,
    ],
  ])('find that %s', (_, path, text, fault) => {
    expect(faultsOf(path, text)).toEqual([expect.stringMatching(fault)]);
  });
});

describe('circles', () => {
  const file = (path: string, ...targets: readonly string[]) => ({
    path,
    text: targets.map(value).join('\n'),
  });

  it('are found, over however many files', () => {
    const files = [file('lib/a.ts', './b.ts'), file('lib/b.ts', './x/c.ts'), file('lib/x/c.ts', '#lib/b.ts')];
    expect(circles(files)).toEqual(['lib/b.ts → lib/x/c.ts → lib/b.ts']);
  });

  it('are not seen where two ways lead to one file', () => {
    const files = [file('lib/a.ts', './b.ts', './c.ts'), file('lib/b.ts', './c.ts'), file('lib/c.ts')];
    expect(circles(files)).toEqual([]);
  });
});

describe('reading imports', () => {
  it.each([
    ["import './a.ts';", false],
    ["import a, { b } from './a.ts';", false],
    ["import {\n  b,\n} from './a.ts';", false],
    ["import { type B } from './a.ts';", false],
    ["import type { B } from './a.ts';", true],
    ["export { b } from './a.ts';", false],
    ["export type { B } from './a.ts';", true],
    ["export * from './a.ts';", false],
    ["const a = await import('./a.ts');", false],
    ["const a = () => { require('./a.ts'); };", false],
    ["let a: import('./a.ts').B;", true],
  ])('sees %s', (text, typesOnly) => {
    expect(importsOf(text)).toEqual([expect.objectContaining({ specifier: './a.ts', typesOnly })]);
  });

  it('sees none in comments, strings and templates', () => {
    const text =
      "// import './a.ts'\nexport const a = \"import './a.ts'\";\nexport const b = `import('./a.ts')`;";
    expect(importsOf(text)).toEqual([]);
  });
});
