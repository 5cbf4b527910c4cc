import { describe, expect, it } from 'vitest';
import { errors } from '../../contracts/errors.ts';
import { packageJson } from '../architecture/project.ts';
import { brokenLinks, codeOf, docs, type Page, pageAt, pages, rowsOf } from './markdown.ts';

const DATE = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const frontLine = new RegExp(`^# .+\\n\\nStatus: (current|draft|historical) · Reviewed: (${DATE})\\n`);

const titleless = (fields: Partial<Page>): Page => ({
  path: 'docs/sample.md',
  text: '',
  prose: '',
  ...fields,
});

describe('docs/', () => {
  const listed = rowsOf(pageAt('docs/index.md').text).flatMap(
    ([link = '', _, status = '', reviewed = '']) => {
      const file = /\]\(([^)]+\.md)\)/.exec(link)?.[1];
      return file === undefined ? [] : [{ path: `docs/${file}`, status, reviewed }];
    },
  );

  it('is listed in index.md, all of it and nothing else, once', () => {
    expect(listed.map(({ path }) => path).toSorted()).toEqual(docs.map(({ path }) => path));
  });

  it('says below each title what index.md says: its status, and when it was read through', () => {
    const own = docs.map(({ path, text }) => {
      const [, status, reviewed] = frontLine.exec(text) ?? [];
      return { path, status, reviewed };
    });
    expect(own.filter(({ status }) => status === undefined)).toEqual([]);
    expect(listed.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual(own);
  });
});

describe('links', () => {
  it('lead to files and headings that exist', () => {
    expect(pages.flatMap(brokenLinks)).toEqual([]);
  });

  it.each([
    'nowhere.md',
    '#no-heading',
    'runbook.md#no-heading',
    '../lib/nothing.ts',
    '../lib/storage.ts#part',
  ])('to %s are found broken', (target) => {
    expect(brokenLinks(titleless({ prose: `see [it](${target})` }))).toEqual([`docs/sample.md: ${target}`]);
  });

  it.each(['errors.md', 'runbook.md#quarantined', '../README.md#run-it', '../lib', 'https://example.com/no'])(
    'to %s are found whole',
    (target) => {
      expect(brokenLinks(titleless({ prose: `see [it](${target})` }))).toEqual([]);
    },
  );
});

const words = [
  ...[
    'tenant',
    'connection',
    'connector',
    'scope',
    'principal',
    'secret',
    'event',
    'outbox',
    'delivery',
    'attempt',
    'lane',
  ],
  ...[
    'quarantine',
    'replay',
    'ingestion',
    'signal',
    'bookmark',
    'subject',
    'mapping',
    'match',
    'review',
    'activity',
  ],
];

describe('README', () => {
  const readme = pageAt('README.md');
  const glossary = /^## Glossary\n(.*?)(?=^## |(?![\s\S]))/ms.exec(readme.text)?.[1] ?? '';

  it('is read in one sitting', () => {
    expect(readme.text.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });

  it('defines each word of the design once, and no other', () => {
    const [, ...rows] = rowsOf(glossary);
    expect(rows.map(([word]) => word)).toEqual(words);
    expect(rows.filter(([, meaning = '']) => meaning.length < 20)).toEqual([]);
  });
});

describe('CHANGELOG', () => {
  it('has a place for what is not released yet', () => {
    expect(pageAt('CHANGELOG.md').text).toMatch(/^## Unreleased$/m);
  });
});

describe('commands', () => {
  const ofNpm = new Set(['ci', 'install', 'run', 'exec', 'audit', 'ls', 'outdated', 'pack', 'version']);

  it('that README and docs name exist in package.json', () => {
    const named = pages.flatMap(({ path, ...page }) =>
      codeOf({ path, ...page }).flatMap((code) =>
        [...code.matchAll(/\bnpm (?:run ([\w:-]+)|([\w:-]+))/g)].map(([, script, command = '']) => ({
          path,
          command: script ?? command,
          runs: script !== undefined || !ofNpm.has(command),
        })),
      ),
    );
    expect(named.map(({ command }) => command)).toContain('start');
    expect(named.filter(({ command, runs }) => runs && !(command in packageJson.scripts))).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  it('says of every error code what contracts/errors.ts says, and knows no other', () => {
    const rows = rowsOf(pageAt('docs/errors.md').text).filter(([code = '']) => code.startsWith('`'));
    const documented = rows.map(([code, status, retry, title]) => [code, status, retry, title]);
    const declared = Object.entries(errors).map(([code, { status, retry, title }]) => [
      `\`${code}\``,
      String(status),
      retry,
      title,
    ]);
    expect(documented.toSorted()).toEqual(declared.toSorted());
    expect(rows.filter(([, , , , advice = '']) => advice === '')).toEqual([]);
  });
});
