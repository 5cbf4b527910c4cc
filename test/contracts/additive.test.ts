import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { publishableTypes } from '../../contracts/event-types.ts';
import { operational } from '../../contracts/events.ts';
import { breakingChanges, describeChanges, type JsonSchema } from '../../contracts/gate/additive.ts';
import { currentContracts } from '../../contracts/gate/current.ts';

const root = new URL('../../', import.meta.url);
const released = (): JsonSchema =>
  JSON.parse(readFileSync(new URL('contracts/released/v1.json', root), 'utf8'));

/** The schema found by following `names`, each the name of a property; `*` means the items. */
const at = (node: JsonSchema | undefined, ...names: string[]): JsonSchema => {
  const found = names.reduce<unknown>(
    (inner, name) => (name === '*' ? Object(inner).items : Object(inner).properties?.[name]),
    node,
  );
  if (typeof found !== 'object' || found === null) throw new Error(`no schema at ${names.join('/')}`);
  return found as JsonSchema;
};

interface Contracts {
  readonly all: JsonSchema;
  readonly envelope: JsonSchema;
  readonly data: (type: string) => JsonSchema;
}

/** The current contracts with one edit, to stand for a change that somebody makes. */
const edited = (edit: (contracts: Contracts) => void): JsonSchema => {
  const all = structuredClone(currentContracts());
  edit({
    all,
    envelope: Object(all.$defs)['Envelope'],
    data: (type) => at(all, 'events', type, 'data'),
  });
  return all;
};

const breaks = (edit: (contracts: Contracts) => void) =>
  breakingChanges(released(), edited(edit)).map(({ path, change }) => `${change} ${path}`);

describe('the contracts of today', () => {
  it('are additive over the released ones', () => {
    const changes = breakingChanges(released(), currentContracts());
    expect(changes, `v1 would break its users:\n${describeChanges(changes)}`).toEqual([]);
  });

  it('are the released ones', () => {
    const hint = 'contracts/released/v1.json is behind the schemas: run `npm run contracts:release`';
    expect(released(), hint).toEqual(currentContracts());
  });

  it('cover every publishable type, the operational ones and the envelope', () => {
    const names = (group: string) => Object.keys(at(released(), group).properties ?? {});
    expect(names('events')).toEqual(publishableTypes.toSorted());
    expect(names('operational')).toEqual(Object.keys(operational).toSorted());
    expect(released().$defs?.['Envelope']?.required).toContain('event_id');
  });
});

describe('the gate catches', () => {
  it('a removed field', () => {
    const found = breaks(({ data }) => delete data('company.updated').properties?.['industry']);
    expect(found).toEqual(['removed events/company.updated/data/industry']);
  });

  it('a removed event type, and one that the envelope no longer names', () => {
    const withoutType = breaks(({ all }) => delete at(all, 'events').properties?.['job_ad.closed']);
    expect(withoutType).toEqual(['removed events/job_ad.closed']);
    const withoutName = breaks(({ envelope }) => at(envelope, 'event_type').enum?.pop());
    expect(withoutName).toEqual(['narrowed envelope/event_type']);
  });

  it('a narrowed field', () => {
    const found = breaks(({ data }) => {
      Object.assign(at(data('company.updated'), 'name'), { maxLength: 100, minLength: 2 });
      Object.assign(at(data('company.updated'), 'employee_count'), { minimum: 1, type: 'integer' });
      Object.assign(at(data('signal.published'), 'evidence'), { maxItems: 10 });
    });
    expect(found).toEqual([
      'narrowed events/company.updated/data/employee_count',
      'narrowed events/company.updated/data/name',
      'narrowed events/company.updated/data/name',
      'narrowed events/signal.published/data/evidence',
    ]);
  });

  it('a field that is newly required', () => {
    const found = breaks(({ data }) => data('company.updated').required?.push('domain'));
    expect(found).toEqual(['newly_required events/company.updated/data/domain']);
  });

  it('a new property that is required', () => {
    const found = breaks(({ data }) => {
      Object.assign(data('person.updated').properties ?? {}, { region: { type: 'string' } });
      data('person.updated').required?.push('region');
    });
    expect(found).toEqual(['newly_required events/person.updated/data/region']);
  });

  it('a kind of evidence that is gone', () => {
    const found = breaks(({ data }) => at(data('signal.published'), 'evidence', '*').oneOf?.pop());
    expect(found).toEqual(['removed events/signal.published/data/evidence/*(type=link)']);
  });

  it('a definition that is narrowed, wherever it is referred to', () => {
    const found = breaks(({ all }) => Object(all.$defs)['Subject'].required.push('company_id'));
    expect(found).toContain('newly_required events/company.archived/data/subject/company_id');
    expect(found).toContain('newly_required operational/integration.sync_completed/subject/company_id');
    expect(found).toContain('newly_required envelope/data/subject/company_id');
  });

  it('another meaning of a field that is left out', () => {
    const found = breaks(({ data }) => {
      at(data('signal.published'), 'contract_mode').default = 'legacy';
    });
    expect(found).toEqual(['narrowed events/signal.published/data/contract_mode']);
  });
});

describe('the gate lets pass', () => {
  const passes = (edit: (contracts: Contracts) => void) => expect(breaks(edit)).toEqual([]);

  it('a new optional field', () =>
    passes(({ data }) =>
      Object.assign(data('company.updated').properties ?? {}, { region: { type: 'string', maxLength: 20 } }),
    ));

  it('a widened bound', () =>
    passes(({ data }) => Object.assign(at(data('company.updated'), 'name'), { maxLength: 600 })));

  it('a new value of an enum', () =>
    passes(({ data }) => at(data('signal.published'), 'contract_mode').enum?.push('experimental')));

  it('a new event type', () =>
    passes(({ all, envelope }) => {
      const types = at(all, 'events').properties ?? {};
      types['company.merged'] = structuredClone(at(all, 'events', 'company.archived'));
      at(envelope, 'event_type').enum?.push('company.merged');
    }));

  it('a new kind of evidence', () =>
    passes(({ data }) =>
      at(data('signal.published'), 'evidence', '*').oneOf?.push({
        type: 'object',
        properties: { type: { const: 'quote' } },
        required: ['type'],
      }),
    ));

  it('another description or example', () =>
    passes(({ data }) =>
      Object.assign(at(data('company.updated'), 'name'), { description: 'As in the register.' }),
    ));
});

describe('npm run contracts:release', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'crossdock-contracts-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (file: string) =>
    spawnSync(process.execPath, ['bin/release-contracts.ts', file], { cwd: root, encoding: 'utf8' });

  it('writes the contracts as they are kept here', () => {
    const file = join(folder, 'first.json');
    expect(run(file).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(
      readFileSync(new URL('contracts/released/v1.json', root), 'utf8'),
    );
  });

  it('refuses what is not additive, says why, and leaves the file as it was', () => {
    const file = join(folder, 'other.json');
    const other = JSON.stringify(z.toJSONSchema(z.object({ retired: z.string() })));
    writeFileSync(file, other);
    const { status, stderr } = run(file);
    expect(status).toBe(1);
    expect(stderr).toContain('removed retired');
    expect(readFileSync(file, 'utf8')).toBe(other);
  });
});
