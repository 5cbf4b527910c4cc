import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONFIG_LEVELS_MAX,
  configSchema,
  knownConfig,
  secretFieldsIn,
  validateConnection,
} from '#functions/connections/validate.ts';
import { github } from '#functions/connectors/github/index.ts';
import { sampleConnector } from '../harness/connector.ts';

const connector = sampleConnector();
const context = { destinations: { allowLoopback: false } };
const fieldsOf = (config: Record<string, unknown>) =>
  secretFieldsIn(connector, config).map(({ field }) => field);

// Names that every object inherits, and that JSON can spell.
const INHERITED = ['constructor', 'toString', 'hasOwnProperty', 'valueOf'];

describe('secrets in a configuration', () => {
  it.each([
    'password',
    'PASSWD',
    'client_secret',
    'apiKey',
    'api_key',
    'bearer_token',
    'Authorization',
    'credentials',
    'privateKey',
    'access_token',
    'webhook_key',
  ])('are found by the name %s, whatever the value', (name) => {
    for (const value of ['x', '', 0, null, [], {}])
      expect(fieldsOf({ [name]: value })).toEqual([`config.${name}`]);
  });

  it('are found in objects and in lists inside one another, and named by the outermost field', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', '0'), { maxLength: 3 }), fc.boolean(), (path, list) => {
        const wrap = (inner: unknown, name: string) => (list ? [{ [name]: inner }] : { [name]: inner });
        const nested = path.reduce<unknown>(wrap, { password: 'x' });
        expect(fieldsOf({ extra: nested })).toEqual(['config.extra']);
      }),
    );
  });

  it('are looked for in no more levels than a configuration may have, however deep it is', () => {
    const nested = (depth: number): unknown => (depth === 0 ? { password: 'x' } : { a: nested(depth - 1) });
    expect(fieldsOf({ extra: nested(CONFIG_LEVELS_MAX - 1) })).toEqual(['config.extra']);
    expect(fieldsOf({ extra: nested(2000) })).toEqual([]);
  });

  it.each(INHERITED)('are found below a field called %s', (name) => {
    expect(fieldsOf({ [name]: { password: 'x' } })).toEqual([`config.${name}`]);
  });

  it('are not seen in fields that the connector itself declares', () => {
    expect(fieldsOf({ account: 'abc', token_name: 'x', events: {}, pii_allowlist: [] })).toEqual([]);
  });

  it('are never repeated in the message', () => {
    const errors = secretFieldsIn(connector, { password: 'canary', headers: { Authorization: 'canary' } });
    expect(errors).toHaveLength(2);
    expect(JSON.stringify(errors)).not.toContain('canary');
  });
});

describe('the known configuration', () => {
  it('holds the fields that all share and those of the connector, and no other', () => {
    const known = { account: 'abc', events: {}, non_strict_signals: false, pii_allowlist: [] };
    expect(knownConfig(connector, { ...known, color: 'red', nested: { a: 1 } })).toEqual(known);
  });

  it('never holds a field that no schema names', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom(...INHERITED));
    const declared = Object.keys(configSchema(connector).shape);
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), (config) => {
        const kept = Object.keys(knownConfig(connector, config));
        expect(kept.filter((field) => !declared.includes(field))).toEqual([]);
      }),
    );
  });
});

const NOW_MS = Date.UTC(2030, 0, 1);

describe('what keeps a connection from being enabled', () => {
  type Fields = Record<string, { readonly expires_at?: string }>;
  const secrets: Fields = { access_token: {} };
  const errorsOf = (config: Record<string, unknown>, secret_fields = secrets) =>
    validateConnection(connector, { config, secret_fields }, context, NOW_MS);

  it('is nothing when its fields are right and its secrets are there', () => {
    expect(errorsOf({ account: 'abc' })).toEqual([]);
  });

  it('is each field that its schema refuses, by its path', () => {
    const fields = errorsOf({ account: 'a', events: { 'company.updated': 'yes' } }).map(({ field }) => field);
    expect(fields.sort()).toEqual(['config.account', 'config.events.company.updated']);
  });

  it('is each secret that is required and missing, beside the errors of its configuration', () => {
    const fields = errorsOf({}, {}).map(({ field }) => field);
    expect(fields).toEqual(['config.account', 'secrets.access_token']);
  });

  it('is each secret whose end has come, to the millisecond', () => {
    const errorsAt = (expiresMs: number) =>
      errorsOf({ account: 'abc' }, { access_token: { expires_at: new Date(expiresMs).toISOString() } });
    expect(errorsAt(NOW_MS + 1)).toEqual([]);
    expect(errorsAt(NOW_MS)).toEqual([{ field: 'secrets.access_token', message: 'has expired' }]);
  });

  it('is what the connector says beyond its schema, once the schema is satisfied', () => {
    const refusal = { field: 'config.account', message: 'is closed' };
    const strict = sampleConnector({ validate: (config) => (config['account'] === 'abc' ? [refusal] : []) });
    const check = (account: string) =>
      validateConnection(strict, { config: { account }, secret_fields: secrets }, context, NOW_MS);
    expect([check('abc'), check('abcd')]).toEqual([[refusal], []]);
    expect(check('a').map(({ message }) => message)).not.toContain('is closed');
  });
});

describe('a connection through OAuth', () => {
  const granted = {
    status: 'granted' as const,
    base_url: 'https://api.github.com',
    scopes_requested: [],
    scopes_granted: [],
    granted_at: '2030-01-01T00:00:00.000Z',
  };
  const errorsWith = (authorization?: typeof granted | { status: 'needs_reauth' }) =>
    validateConnection(
      github,
      {
        config: {},
        secret_fields: {},
        ...(authorization && { authorization: { ...granted, ...authorization } }),
      },
      context,
      NOW_MS,
    );

  it('is valid while its vendor grants access, and says what to do when it does not', () => {
    expect(errorsWith(granted)).toEqual([]);
    expect(errorsWith()).toEqual([{ field: 'authorization', message: 'is required: POST /connect/github' }]);
    expect(errorsWith({ status: 'needs_reauth' })).toEqual([
      { field: 'authorization', message: 'has ended at the vendor: POST /connect/github' },
    ]);
  });
});
