import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionState, UpdateConnection } from '#contracts/connections.ts';
import { type ManageConnections, manageConnections } from '../../harness/manage.ts';
import { webhookConnection } from '../../harness/outbound.ts';
import { startTables, type Tables } from '../../harness/tables.ts';

const URL_1 = 'https://example.com/hooks';
const URL_2 = 'https://example.com/2';

let tables: Tables;
let manage: ManageConnections;
beforeAll(async () => {
  tables = await startTables();
  manage = manageConnections(tables);
});
afterAll(() => tables.close());

/** A stored connection in that state, of a tenant on the allowlist. */
const stored = async (state: ConnectionState, config: Record<string, unknown> = { url: URL_1 }) => {
  const record = webhookConnection({ tenant_id: await manage.tenant(), state, config });
  await manage.store(record);
  return record;
};

const update = (tenantId: string, input: object) => manage.update(tenantId, input);
const stateOf = async (tenantId: string) => (await manage.find(tenantId))?.state;

describe('updating a connection', () => {
  it.each<[ConnectionState, UpdateConnection['state'], string]>([
    ['draft', 'enabled', 'enabled'],
    ['draft', 'disabled', 'connection.state_invalid'],
    ['draft', undefined, 'draft'],
    ['enabled', 'disabled', 'disabled'],
    ['enabled', 'enabled', 'enabled'],
    ['disabled', 'enabled', 'enabled'],
    ['disabled', 'disabled', 'disabled'],
    ['revoked', 'enabled', 'connection.revoked'],
    ['revoked', undefined, 'connection.revoked'],
  ])('of state %s to %s gives %s', async (from, to, expected) => {
    const { tenant_id } = await stored(from);
    const result = await update(tenant_id, to === undefined ? {} : { state: to });
    expect('code' in result ? result.code : result.state).toBe(expected);
    expect(await stateOf(tenant_id)).toBe('code' in result ? from : expected);
  });

  it('replaces the configuration as a whole, by the fields that are known', async () => {
    const record = await stored('draft', { url: URL_1, non_strict_signals: false });
    await manage.clock.advance(1000);
    const result = await update(record.tenant_id, { config: { url: URL_2, color: 'red' } });
    expect(result).toMatchObject({ config: { url: URL_2 }, created_at: record.created_at });
    const updated_at = new Date(manage.clock.now()).toISOString();
    expect(await manage.find(record.tenant_id)).toEqual({
      ...record,
      config: { url: URL_2 },
      revision: 2,
      updated_at,
    });
  });

  it('does not enable what has errors, and answers with all of them', async () => {
    const record = webhookConnection({
      tenant_id: await manage.tenant(),
      state: 'draft',
      config: { events: { 'company.updated': 'no' } },
      secret_fields: {},
    });
    await manage.store(record);
    const refused = await update(record.tenant_id, { state: 'enabled' });
    expect(refused).toMatchObject({ status: 422, code: 'connection.invalid' });
    const fields = 'errors' in refused ? (refused.errors ?? []).map(({ field }) => field) : [];
    expect(fields.sort()).toEqual(['config.events.company.updated', 'config.url', 'secrets.signing_secret']);
    expect(await stateOf(record.tenant_id)).toBe('draft');
  });

  it.each([
    'http://example.com/',
    'https://127.0.0.1/',
    'https://user:pass@example.com/',
    'https://localhost/',
  ])('does not enable the destination %s', async (url) => {
    const { tenant_id } = await stored('draft', { url });
    const refused = await update(tenant_id, { state: 'enabled' });
    expect(refused).toMatchObject({ code: 'connection.invalid', errors: [{ field: 'config.url' }] });
  });

  it('does not let an enabled connection take a configuration with errors', async () => {
    const { tenant_id } = await stored('enabled');
    expect(await update(tenant_id, { config: {} })).toMatchObject({ code: 'connection.invalid' });
    expect((await manage.find(tenant_id))?.config).toEqual({ url: URL_1 });
  });

  it('lets a connection be disabled together with a configuration that has errors', async () => {
    const { tenant_id } = await stored('enabled');
    const result = await update(tenant_id, { state: 'disabled', config: {} });
    expect(result).toMatchObject({ state: 'disabled', validation: [{ field: 'config.url' }] });
  });

  it('is refused with secrets in the configuration', async () => {
    const { tenant_id } = await stored('draft');
    const refused = await update(tenant_id, { config: { url: URL_2, api_key: 'canary' } });
    expect(refused).toMatchObject({ code: 'request.invalid', errors: [{ field: 'config.api_key' }] });
    expect(JSON.stringify(refused)).not.toContain('canary');
  });

  it('is refused where there is no such connection', async () => {
    const tenantId = await manage.tenant();
    for (const type of ['webhook', 'telegraph', '']) {
      expect(await manage.update(tenantId, {}, type)).toMatchObject({ code: 'connection.not_found' });
    }
  });

  it('is refused to a tenant that was taken off the allowlist', async () => {
    const { tenant_id } = await stored('enabled');
    await manage.setGate(tenant_id, false);
    const refused = await update(tenant_id, { state: 'disabled' });
    expect(refused).toMatchObject({ code: 'tenant.integrations_disabled' });
    expect(await stateOf(tenant_id)).toBe('enabled');
  });

  it('lets one of two at once win; the other is told to look again', async () => {
    const { tenant_id } = await stored('enabled');
    const results = await Promise.all([
      update(tenant_id, { config: { url: URL_2 } }),
      update(tenant_id, { state: 'disabled' }),
    ]);
    const codes = results.flatMap((result) => ('code' in result ? result.code : []));
    const record = await manage.find(tenant_id);
    // They may also come one after the other; then both hold.
    expect(codes.every((code) => code === 'connection.write_conflict')).toBe(true);
    expect(record?.revision).toBe(1 + results.length - codes.length);
  });
});
