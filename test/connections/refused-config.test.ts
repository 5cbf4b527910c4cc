import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusedConfig } from '#functions/connections/refused-config.ts';
import { makeTable, type Table } from '#functions/platform/dynamo/table.ts';
import { sampleConnector } from '../harness/connector.ts';
import { startTables, type Tables } from '../harness/tables.ts';

const connector = sampleConnector();
const messagesOf = (config: Record<string, unknown>) =>
  refusedConfig(connector, config).map(({ field, message }) => `${field} ${message}`);
const levels = (depth: number): unknown => (depth === 0 ? 'leaf' : [levels(depth - 1)]);

let tables: Tables;
let table: Table;
beforeAll(async () => {
  tables = await startTables();
  table = makeTable(tables.client, 'connections');
});
afterAll(() => tables.close());

describe('a configuration that is not refused', () => {
  it('comes back from the table as it went in, whatever JSON its fields hold', async () => {
    const odd = fc.constantFrom(1e-120, 5e-324, 1e300, 2 ** 60, '\ud800', '', { '': 1 }, { a: '\udfff' }, [
      [],
    ]);
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), odd);
    await fc.assert(
      fc.asyncProperty(value, async (account) => {
        // JSON knows no negative zero, and this is what a request's body becomes.
        const config = JSON.parse(JSON.stringify({ account }));
        fc.pre(refusedConfig(connector, config).length === 0);
        const key = { pk: randomUUID(), sk: 'row' };
        await table.put({ ...key, config });
        expect((await table.get(key))?.['config']).toEqual(config);
      }),
      { numRuns: 60 },
    );
  });

  it('is an incomplete or a wrong one too: a draft may be either', () => {
    for (const config of [{}, { account: 'a' }, { account: 7 }]) expect(messagesOf(config)).toEqual([]);
  });
});

describe('a configuration is refused', () => {
  it.each([
    ['half of a surrogate pair', '\ud800'],
    ['a field without a name', { '': 1 }],
    ['a number that is too small', 1e-120],
    ['a number that is not exact', 2 ** 60],
    ['too many levels', levels(9)],
  ])('with %s in a field that is kept', (_name, account) => {
    expect(messagesOf({ account })).toEqual(['config.account cannot be stored as it is']);
    expect(messagesOf({ dropped: account })).toEqual([]);
  });

  it('with a secret in it, named beside what else is wrong', () => {
    expect(messagesOf({ account: '\ud800', password: 'canary' })).toEqual([
      'config.password looks like a secret; secrets belong under "secrets"',
      'config.account cannot be stored as it is',
    ]);
  });

  it('when what is kept of it is larger than 16 KB', () => {
    const fits = 16 * 1024 - JSON.stringify({ account: '' }).length;
    expect(messagesOf({ account: 'x'.repeat(fits), dropped: 'x'.repeat(50_000) })).toEqual([]);
    expect(messagesOf({ account: 'x'.repeat(fits + 1) })).toEqual([
      'config must be at most 16384 bytes of JSON',
    ]);
  });

  it('with at most fifty errors', () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`password_${index}`, 'x']));
    expect(messagesOf(many)).toHaveLength(50);
  });
});
