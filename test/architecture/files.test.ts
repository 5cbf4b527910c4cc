import { describe, expect, it } from 'vitest';
import {
  codeFaults,
  doubleCasts,
  FUNCTION_LINES_MAX,
  lengthFaults,
  linesOf,
  nameFaults,
  sizeFaults,
  textFaults,
} from './file-rules.ts';
import { packageJson, projectFiles, sources, tests, textOf } from './project.ts';

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

/** Where a cast goes through `unknown`, how often, and why the compiler cannot see that it holds. */
const knownDoubleCasts = {
  'bench/deployed-functions.ts': 1, // properties of the template, which CDK wrote
  'functions/connections/connect/pending.ts': 1, // a stored item, written by this very store
  'functions/connections/oauth/provider-credentials.ts': 1, // a stored item, written by this very store
  'functions/connections/oauth/token-record.ts': 1, // a stored item, written by this very store
  'functions/connections/rewrap-jobs.ts': 1, // a stored item, written by this very store
  'functions/connections/secrets.ts': 1, // a stored item, written by this very store
  'functions/connections/store.ts': 1, // a stored item, written by this very store
  'functions/connectors/define.ts': 1, // the type of its own secrets is a connector's own business
  'functions/outbound/deliveries.ts': 1, // a stored item, written by this very store
  'local/cloud/functions.ts': 1, // properties of the template, which CDK wrote
  'local/cloud/platform-access.ts': 1, // properties of the template, which CDK wrote
  'local/cloud/sources.ts': 1, // properties of the template, which CDK wrote
  'local/cloud/template-resources.ts': 1, // properties of the template, which CDK wrote
};

describe('files of the project', () => {
  it('are short, handlers above all', () => {
    expect([...sources, ...tests].flatMap(sizeFaults)).toEqual([]);
  });

  it('have a median of 90 lines or less', () => {
    expect(median(sources.map(linesOf))).toBeLessThanOrEqual(90);
  });

  it(`hold no function of more than ${FUNCTION_LINES_MAX} lines`, () => {
    expect(sources.flatMap(lengthFaults)).toEqual([]);
  });

  it('are named in kebab-case for what they do', () => {
    expect([...sources, ...tests].flatMap(nameFaults)).toEqual([]);
  });

  it('leave environment, clock, chance, network and console to the places that own them', () => {
    expect(sources.flatMap(codeFaults)).toEqual([]);
  });

  it('cast past the compiler only where it is listed', () => {
    const counted = sources.map(({ path, text }) => [path, doubleCasts(text)] as const);
    expect(Object.fromEntries(counted.filter(([, count]) => count > 0))).toEqual(knownDoubleCasts);
  });

  it('leave no work behind and name no machine and no download host', () => {
    expect(projectFiles.flatMap(textFaults)).toEqual([]);
  });
});

describe('packages', () => {
  it('are named with one exact version', () => {
    const { dependencies, devDependencies, optionalDependencies } = packageJson;
    const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('are locked without the place that they were downloaded from', () => {
    const lock = JSON.parse(textOf('package-lock.json')) as { packages: Record<string, object> };
    const located = Object.entries(lock.packages).filter(([, entry]) => 'resolved' in entry);
    expect(Object.keys(lock.packages).length).toBeGreaterThan(50);
    expect(located.map(([name]) => name)).toEqual([]);
  });
});

const lines = (count: number) => 'x;\n'.repeat(count);
const useCase = 'functions/outbound/deliver/deliver.ts';

describe('the file rules', () => {
  it.each([
    ['a source of 300 lines', sizeFaults, 'lib/a.ts', lines(300)],
    ['a handler of 60 lines', sizeFaults, 'functions/outbound/deliver/handler.ts', lines(60)],
    ['the HTTP frame, which is no handler', sizeFaults, 'functions/platform/http/handler.ts', lines(61)],
    ['a test of 400 lines', sizeFaults, 'test/a.test.ts', lines(400)],
    ['a function of 60 lines', lengthFaults, 'lib/a.ts', `const f = () => {\n${lines(58)}};`],
    ['a name with hyphens', nameFaults, 'lib/service-function.ts', ''],
    ['a test name', nameFaults, 'test/local/stream-lanes.test.ts', ''],
    ['the environment in env.ts', codeFaults, 'functions/platform/env.ts', 'process.env;'],
    ['the environment in aws', codeFaults, 'functions/platform/aws/a.ts', 'process.env;'],
    ['the clock in a handler', codeFaults, 'functions/outbound/deliver/handler.ts', 'Date.now();'],
    ['the clock in egress', codeFaults, 'functions/platform/egress/a.ts', 'Date.now();'],
    ['a date from a number', codeFaults, useCase, 'new Date(nowMs);'],
    ['an injected fetch', codeFaults, useCase, 'deps.fetch();'],
    [
      'words in comments and strings',
      codeFaults,
      useCase,
      "// Date.now()\nconst a = 'process.env, console.log';",
    ],
    ['a path of an address', textFaults, 'docs/a.md', 'https://example.com/home/page'],
  ])('let pass %s', (_, faults, path, text) => {
    expect(faults({ path, text })).toEqual([]);
  });

  it.each([
    ['a source of 301 lines', sizeFaults, 'lib/a.ts', lines(301)],
    ['a handler of 61 lines', sizeFaults, 'functions/outbound/deliver/handler.ts', lines(61)],
    ['a test of 401 lines', sizeFaults, 'test/a.test.ts', lines(401)],
    ['an arrow function of 61 lines', lengthFaults, 'lib/a.ts', `const f = () => {\n${lines(59)}};`],
    ['a method of 61 lines', lengthFaults, 'lib/a.ts', `class A { m() {\n${lines(59)}} }`],
    ['a name in camelCase', nameFaults, 'lib/httpApi.ts', ''],
    ['utils', nameFaults, 'functions/platform/utils.ts', ''],
    ['a folder of helpers', nameFaults, 'test/helpers/a.ts', ''],
    ['a manager at the end', nameFaults, 'local/queue-manager.ts', ''],
    ['the environment in a handler', codeFaults, 'functions/api/x/handler.ts', "process.env['A'];"],
    ['the environment by another way', codeFaults, useCase, "import { env } from 'node:process';"],
    ['the environment by brackets', codeFaults, useCase, "process['env'];"],
    ['the clock in a use case', codeFaults, useCase, 'const a = Date.now;'],
    ['the date of now', codeFaults, useCase, 'new Date();'],
    ['chance in a use case', codeFaults, useCase, 'Math.random();'],
    ['the network in a use case', codeFaults, useCase, 'await fetch(url);'],
    ['a print in functions', codeFaults, 'functions/platform/a.ts', "console.log('a');"],
    ['a print in lib', codeFaults, 'lib/a.ts', "console.error('a');"],
    ['any', codeFaults, 'local/a.ts', 'const a = b as any;'],
    ['work for later', textFaults, 'lib/a.ts', `// ${'TO'}${'DO'}: later`],
    ['a download host', textFaults, 'docs/a.md', `https://${'registry'}.npmjs.org/zod`],
    ['a path of a machine', textFaults, 'docs/a.md', `see ${'/'}work/main`],
    ['a file of a machine', textFaults, 'docs/a.md', `file://${'/'}home/me/a.ts`],
  ])('find %s', (_, faults, path, text) => {
    expect(faults({ path, text })).toHaveLength(1);
  });

  it('count casts through unknown and no others', () => {
    expect(doubleCasts('a as unknown as B; a as unknown; a as B; (c as unknown) as D;')).toBe(2);
  });
});
