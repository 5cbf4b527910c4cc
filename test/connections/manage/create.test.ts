import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection } from '#contracts/connection-views.ts';
import { encryptionContext } from '#functions/connections/secrets.ts';
import { toView } from '#functions/connections/view.ts';
import { isSigningSecret } from '#functions/connectors/webhook/signature.ts';
import { type ManageConnections, manageConnections } from '../../harness/manage.ts';
import { START_MS } from '../../harness/outbound.ts';
import { startTables, type Tables } from '../../harness/tables.ts';

const CREATED_AT = new Date(START_MS).toISOString();
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let tables: Tables;
let manage: ManageConnections;
beforeAll(async () => {
  tables = await startTables();
  manage = manageConnections(tables);
});
afterAll(() => tables.close());

const fieldsOf = (problem: object) =>
  'errors' in problem ? (problem.errors as { field: string }[]).map(({ field }) => field) : [];

describe('creating a connection', () => {
  it('makes its principal, granted directly and one by one what the connector declares', async () => {
    const tenantId = await manage.tenant();
    const view = await manage.create(tenantId);
    const connectionId = 'connection_id' in view ? view.connection_id : '';
    const grants = [{ action_key: 'events.deliver', granted_at: CREATED_AT, granted_by: 'operator' }];
    expect(view).toMatchObject({
      principal: {
        principal_type: 'integration_principal',
        subject_id: `integration:${connectionId}`,
        key_id: expect.stringMatching(/^key_[0-9a-z]{26}$/),
        scope: 'platform',
        action_keys: ['events.deliver'],
        grants,
      },
    });
    expect((await manage.standing(tenantId))?.principal).toMatchObject({
      connection_id: connectionId,
      grants,
    });
  });

  it('gives each principal a key of its own', async () => {
    const views = [await manage.create(await manage.tenant()), await manage.create(await manage.tenant())];
    const keys = views.map((view) => ('principal' in view ? view.principal?.key_id : undefined));
    expect(new Set(keys).size).toBe(2);
    expect(keys).not.toContain(undefined);
  });

  it('makes a draft with the fields that are known, which the contract describes', async () => {
    const tenantId = await manage.tenant();
    const config = { url: 'https://example.com/hooks', color: 'red' };
    const view = await manage.create(tenantId, { config });
    expect(Connection.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      connector_type: 'webhook',
      scope: 'platform',
      state: 'draft',
      config: { url: 'https://example.com/hooks' },
      validation: [],
      created_at: CREATED_AT,
      updated_at: CREATED_AT,
    });
    expect(view).not.toHaveProperty('config.color');
  });

  it('makes a draft of an incomplete configuration too, and says what it lacks', async () => {
    const view = await manage.create(await manage.tenant());
    expect(view).toMatchObject({ state: 'draft', validation: [{ field: 'config.url' }] });
  });

  it('generates a secret that was left out, and shows it in this answer only', async () => {
    const tenantId = await manage.tenant();
    const view = await manage.create(tenantId);
    const generated = 'secrets' in view ? (view.secrets?.['signing_secret'] ?? '') : '';
    expect(isSigningSecret(generated)).toBe(true);
    expect(view).toMatchObject({
      redacted_secrets: { signing_secret: { present: true, version: 1, created_at: CREATED_AT } },
    });
    const standing = await manage.standing(tenantId);
    const later = standing && toView(standing, manage.view);
    expect(later).not.toHaveProperty('secrets');
    expect(JSON.stringify([standing, later])).not.toContain(generated);
    expect(manage.sealings.at(-1)?.plaintext).toBe(generated);
  });

  it('seals a given secret under its own tenant and connection, and never answers it', async () => {
    const tenantId = await manage.tenant();
    const view = await manage.create(tenantId, { secrets: { signing_secret: SECRET, unknown: 'canary' } });
    expect(JSON.stringify(view)).not.toContain(SECRET);
    expect(view).not.toHaveProperty('secrets');
    const record = await manage.find(tenantId);
    expect(manage.sealings.at(-1)).toEqual({
      plaintext: SECRET,
      context: record && encryptionContext(record),
    });
  });

  it('is refused to a tenant that is not on the allowlist', async () => {
    const tenantId = randomUUID();
    expect(await manage.create(tenantId)).toMatchObject({ code: 'tenant.integrations_disabled' });
    expect(await manage.find(tenantId)).toBeUndefined();
  });

  it('is refused for a type that there is no connector of', async () => {
    const refused = await manage.create(await manage.tenant(), { connector_type: 'telegraph' });
    expect(refused).toMatchObject({ status: 422, code: 'connection.type_unknown' });
  });

  it('is refused with secrets in the configuration, naming the fields and not their values', async () => {
    const tenantId = await manage.tenant();
    const config = {
      url: 'https://example.com',
      signing_secret: 'canary',
      headers: { Authorization: 'canary' },
    };
    const refused = await manage.create(tenantId, { config });
    expect(refused).toMatchObject({ code: 'request.invalid' });
    expect(fieldsOf(refused)).toEqual(['config.signing_secret', 'config.headers']);
    expect(JSON.stringify(refused)).not.toContain('canary');
    expect(await manage.find(tenantId)).toBeUndefined();
  });

  it('is refused with a secret of the wrong shape, which the answer does not repeat', async () => {
    const tenantId = await manage.tenant();
    const sealings = manage.sealings.length;
    const refused = await manage.create(tenantId, { secrets: { signing_secret: 'canary' } });
    expect(refused).toMatchObject({ code: 'request.invalid' });
    expect(fieldsOf(refused)).toEqual(['secrets.signing_secret']);
    expect(JSON.stringify(refused)).not.toContain('canary');
    expect(manage.sealings).toHaveLength(sealings);
    expect(await manage.find(tenantId)).toBeUndefined();
  });

  it('is refused while there is one of the type, and then answers no secret', async () => {
    const tenantId = await manage.tenant();
    const first = await manage.create(tenantId);
    const second = await manage.create(tenantId);
    expect(second).toMatchObject({ status: 409, code: 'connection.exists' });
    expect(second).not.toHaveProperty('secrets');
    expect(await manage.find(tenantId)).toMatchObject({
      connection_id: 'connection_id' in first ? first.connection_id : '',
    });
  });
});
