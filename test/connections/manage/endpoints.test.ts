import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection, ConnectionList, Tenant } from '#contracts/connection-views.ts';
import { inspectRoutes, manageRoutes, routeKey } from '#contracts/routes.ts';
import { type ManageConnections, manageConnections } from '../../harness/manage.ts';
import { startTables, type Tables } from '../../harness/tables.ts';

const CONFIG = { url: 'https://example.com/hooks' };
const WEBHOOK = { connector_type: 'webhook' };

let tables: Tables;
let manage: ManageConnections;
beforeAll(async () => {
  tables = await startTables();
  manage = manageConnections(tables);
});
afterAll(() => tables.close());

const call = async (
  key: string,
  tenantId: string,
  { json, parameters = {} }: { json?: unknown; parameters?: Record<string, string> } = {},
) => {
  const endpoint = manage.endpoints[key] ?? manage.inspect[key];
  if (!endpoint) throw new Error(`no endpoint answers ${key}`);
  const answer = await endpoint({
    requestId: 'request-1',
    tenantId,
    actor: 'operator',
    parameters,
    query: {},
    json,
  });
  return 'problem' in answer
    ? { status: answer.problem.status, body: answer.problem }
    : { status: answer.status, body: answer.body };
};

describe('the endpoints of connections', () => {
  it('are those of the routes that each function answers', () => {
    expect(Object.keys(manage.endpoints).sort()).toEqual(manageRoutes.map(routeKey).sort());
    expect(Object.keys(manage.inspect).sort()).toEqual(inspectRoutes.map(routeKey).sort());
  });

  it('put a tenant on the allowlist and say whether it is there', async () => {
    const tenantId = randomUUID();
    const key = '/admin/tenants/{tenant_id}';
    const gates = [await call(`GET ${key}`, tenantId)];
    gates.push(await call(`PUT ${key}`, tenantId, { json: { integrations_enabled: true } }));
    gates.push(await call(`GET ${key}`, tenantId));
    expect(gates.map(({ body }) => Tenant.parse(body).integrations_enabled)).toEqual([false, true, true]);
  });

  it('create, show, list and change a connection, each as the contract says', async () => {
    const tenantId = await manage.tenant();
    const created = await call('POST /connections', tenantId, { json: { ...WEBHOOK, config: CONFIG } });
    expect([created.status, Connection.parse(created.body)]).toEqual([201, created.body]);
    const { secrets: _, ...shown } = Connection.parse(created.body);
    const one = '/connections/{connector_type}';
    expect(await call(`GET ${one}`, tenantId, { parameters: WEBHOOK })).toEqual({ status: 200, body: shown });
    const list = await call('GET /connections', tenantId);
    expect(ConnectionList.parse(list.body)).toEqual({ items: [shown], next_cursor: null });
    const enabled = await call(`PATCH ${one}`, tenantId, { parameters: WEBHOOK, json: { state: 'enabled' } });
    expect(enabled).toMatchObject({ status: 200, body: { ...shown, state: 'enabled' } });
  });

  it('answer with the problem that a use case answers with', async () => {
    const tenantId = await manage.tenant();
    const one = { parameters: WEBHOOK };
    expect(await call('GET /connections/{connector_type}', tenantId, one)).toMatchObject({ status: 404 });
    expect(await call('PATCH /connections/{connector_type}', tenantId, { ...one, json: {} })).toMatchObject({
      body: { code: 'connection.not_found' },
    });
    expect(await call('POST /connections', randomUUID(), { json: WEBHOOK })).toMatchObject({
      body: { code: 'tenant.integrations_disabled' },
    });
  });

  it('find nothing under a connector type that no key could hold', async () => {
    const tenantId = await manage.tenant();
    for (const connector_type of ['', 'x'.repeat(3000), '../webhook', 'WEBHOOK']) {
      const parameters = { connector_type };
      const found = await call('GET /connections/{connector_type}', tenantId, { parameters });
      expect(found).toMatchObject({ body: { code: 'connection.not_found' } });
    }
  });

  it.each([
    ['POST /connections', { connector_type: 'Web Hook' }],
    ['POST /connections', { connector_type: 'webhook', scope: 'galaxy' }],
    ['PATCH /connections/{connector_type}', { state: 'revoked' }],
    ['PUT /admin/tenants/{tenant_id}', { integrations_enabled: 'yes' }],
    ['PUT /admin/tenants/{tenant_id}', null],
  ])('refuse at %s what does not fit its schema', async (key, json) => {
    expect(await call(key, await manage.tenant(), { json })).toMatchObject({
      body: { code: 'request.invalid' },
    });
  });
});
