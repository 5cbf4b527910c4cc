import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckDeps, makeCheck } from '#functions/connections/check/check.ts';
import { Secret } from '#functions/platform/crypto/secret.ts';
import { sampleConnector } from '../../harness/connector.ts';
import { CAUSE, manageConnections } from '../../harness/manage.ts';
import { webhookConnection } from '../../harness/outbound.ts';
import { recordedLog } from '../../harness/recorded-log.ts';
import { startTables, type Tables } from '../../harness/tables.ts';

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

const setUp = async (check?: NonNullable<ReturnType<typeof sampleConnector>['check']>) => {
  const manage = manageConnections(tables);
  const tenant_id = await manage.tenant();
  const record = webhookConnection({
    tenant_id,
    connector_type: 'sample',
    config: { account: 'abc' },
    secret_fields: { access_token: { version: 1, created_at: new Date(0).toISOString() } },
  });
  await manage.store(record);
  const recorded = recordedLog();
  const connector = sampleConnector(check === undefined ? {} : { check });
  const deps: CheckDeps = {
    ...manage.view,
    ...manage.changes,
    ofTenant: manage.ofTenant,
    readSecrets: async () => [{ access_token: new Secret('newest') }, { access_token: new Secret('older') }],
    checkGrant: () => Promise.reject(new Error('not in this world')),
    connectorOf: (type) => (type === 'sample' ? connector : undefined),
    http: { send: () => Promise.reject(new Error('not in this world')), close: () => {} },
    log: recorded.log,
  };
  const stored = async () => (await manage.ofTenant(tenant_id)).connections[0];
  const run = (changes: Partial<CheckDeps> = {}) =>
    makeCheck({ ...deps, ...changes })(tenant_id, { scope: 'platform', connector_type: 'sample' }, CAUSE);
  return { ...recorded, manage, record, run, stored };
};

describe('checking a connection', () => {
  it('gives the connector the newest secrets alone, and keeps what it found', async () => {
    const seen: unknown[] = [];
    const { run, stored } = await setUp(async ({ config, secrets }) => {
      seen.push(config, secrets['access_token']?.reveal());
      return { diagnostics: { owner_found: true } };
    });
    const result = await run();
    expect(seen).toEqual([{ account: 'abc' }, 'newest']);
    expect(result).toMatchObject({ status: 'ok', reasons: [], diagnostics: { owner_found: true } });
    expect((await stored())?.health).toMatchObject({ status: 'ok', checked_at: expect.any(String) });
  });

  it('finds a connection degraded whose check throws, and shows no word of what was thrown', async () => {
    const { run, lines } = await setUp(async () => {
      throw Object.assign(new Error('canary'), { name: 'TypeError' });
    });
    const result = await run();
    expect(result).toMatchObject({
      status: 'degraded',
      reasons: [{ code: 'check_failed', detail: 'connector_failed' }],
      diagnostics: {},
    });
    expect(lines).toMatchObject([{ stage: 'check', outcome: 'failed', code: 'TypeError' }]);
    expect(JSON.stringify([result, lines])).not.toContain('canary');
  });

  it('is refused where the connector has no check', async () => {
    const { run, stored } = await setUp();
    expect(await run()).toMatchObject({ status: 409, code: 'connection.check_unsupported' });
    expect((await stored())?.health.status).toBe('unknown');
  });

  it('keeps nothing of a connection that was changed while it was checked', async () => {
    const { run, manage, record, stored } = await setUp(async () => ({ diagnostics: {} }));
    const setHealth: CheckDeps['setHealth'] = async (change) => {
      const connection = { ...record, config: { account: 'abcd' }, revision: 2 };
      await manage.changes.replace({ connection, deeds: [], cause: CAUSE, atMs: 0 });
      return manage.changes.setHealth(change);
    };
    expect(await run({ setHealth })).toMatchObject({ code: 'connection.write_conflict' });
    expect((await stored())?.health.status).toBe('unknown');
  });
});
