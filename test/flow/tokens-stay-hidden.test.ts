import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wireAccessToken } from '#functions/connections/oauth/wire.ts';
import { standingAt } from '#functions/connections/record.ts';
import { makeConnectionsStore } from '#functions/connections/store.ts';
import { makeHttpClient } from '#functions/platform/egress/request.ts';
import { decideAt } from '#local/vendor/browser.ts';
import { vendorProfiles } from '#local/vendor/profiles.ts';
import { REGION } from '../../local/cloud/options.ts';
import { ofType } from '../../local/cloud/template-resources.ts';
import { checkInvariants } from '../../local/invariants/check.ts';
import { startTestCloud, type TestCloud } from '../harness/cloud.ts';
import { recordedLog } from '../harness/recorded-log.ts';
import { CLIENT, type OidcVendor, REDIRECT_URI, startOidcVendor } from '../simulators/oidc-vendor.ts';

const TENANT = '1f6a9a0e-5d0a-4a5e-9f43-6b1f6a1c2d3e';
const LEAVING = '2f6a9a0e-5d0a-4a5e-9f43-6b1f6a1c2d3e';
const HOURS_MS = 2 * 3_600_000;

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** The ways in which a text could stand somewhere: as it is, in base64, in a URL. */
const shapesOf = (canary: string) => [
  canary,
  Buffer.from(canary).toString('base64'),
  encodeURIComponent(canary),
];

/** Renews a connection's token in the cloud's own tables, hours later. */
const refreshIn = async ({ cloud }: TestCloud, vendor: OidcVendor) => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const common = { region: REGION, credentials };
  const dynamo = new DynamoDBClient({ ...common, endpoint: cloud.engines.dynamodb.endpoint });
  const kms = new KMSClient({ ...common, endpoint: cloud.engines.kms.endpoint });
  const http = makeHttpClient({ policy: { allowLoopback: true } });
  const tables = ofType(cloud.resources, 'AWS::DynamoDB::Table');
  const named = (name: string) =>
    tables.find(({ logicalId }) => logicalId.includes(name))?.physicalName ?? '';
  const [key] = ofType(cloud.resources, 'AWS::KMS::Key');
  const recorded = recordedLog();
  const places = {
    connectionsTable: named('Connections'),
    secretsTable: named('Secrets'),
    keyId: key?.physicalName ?? '',
    urls: { github: vendor.url },
  };
  const accessToken = wireAccessToken(
    places,
    { dynamo, kms, http },
    { now: () => Date.now() + HOURS_MS, wait: async () => {}, log: recorded.log },
  );
  const { ofTenant } = makeConnectionsStore(dynamo, places.connectionsTable);
  const connection = standingAt(await ofTenant(TENANT), {
    scope: 'platform',
    connector_type: 'github',
  })?.connection;
  if (!connection) throw new Error('The connection is not there');
  const result = await accessToken(connection);
  http.close();
  for (const client of [dynamo, kms]) client.destroy();
  return { result, lines: recorded.lines };
};

describe('tokens, codes, verifiers and client secrets', () => {
  let cloud: TestCloud;
  let vendor: OidcVendor;
  const canaries: Record<string, readonly string[]> = {};
  const answers: string[] = [];
  let refreshed: Awaited<ReturnType<typeof refreshIn>>;
  let [tested, revoked, violations]: unknown[] = [];
  beforeAll(async () => {
    vendor = await startOidcVendor(vendorProfiles.github);
    const urls = JSON.stringify({ github: vendor.url });
    cloud = await startTestCloud({ parameters: { VendorUrls: urls, RedirectUris: REDIRECT_URI } });
    const headers = { 'x-tenant-id': TENANT };
    const call = async (...args: Parameters<TestCloud['call']>) => {
      const answer = await cloud.call(...args);
      answers.push(answer.text, JSON.stringify([...answer.headers]));
      return answer;
    };
    await call('PUT', `/admin/tenants/${TENANT}`, { body: { integrations_enabled: true } });
    const app = { client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uri: REDIRECT_URI };
    await call('PUT', '/admin/providers/github', { body: app });
    const begin = async (tenantId = TENANT) => {
      // Its answer must hold the state; it is looked at apart from the others.
      const own = { 'x-tenant-id': tenantId };
      const { json } = await cloud.call('POST', '/connect/github', { headers: own, body: {} });
      return decideAt(json.authorize_url, REDIRECT_URI);
    };
    await call('PUT', `/admin/tenants/${LEAVING}`, { body: { integrations_enabled: true } });
    const [back, failing, leaving] = [await begin(), await begin(), await begin(LEAVING)];
    await call('GET', `/connect/github/callback${back.search}`);
    await call('GET', `/connect/github/callback${back.search}`);
    await call('GET', `/connect/github/callback${failing.search}x`);
    await call('GET', `/connect/github/callback${failing.search}&error=server_error`);
    await call('GET', '/connections', { headers });
    refreshed = await refreshIn(cloud, vendor);
    await call('GET', `/connect/github/callback${leaving.search}`);
    const ended = { 'x-tenant-id': LEAVING };
    tested = (await call('POST', '/connections/github/test', { headers })).json;
    revoked = (await call('DELETE', '/connections/github', { headers: ended })).json;
    await call('GET', '/connections/github/activity', { headers });
    await call('GET', '/connections/github/activity', { headers: ended });
    canaries['client secret'] = [CLIENT.secret];
    canaries['token'] = vendor.tokens;
    canaries['code'] = [back, failing, leaving].map((url) => url.searchParams.get('code') ?? '');
    canaries['state'] = [back, failing, leaving].map((url) => url.searchParams.get('state') ?? '');
    canaries['verifier'] = vendor.tokenCalls.flatMap(({ fields }) => fields['code_verifier'] ?? []);
    violations = await checkInvariants(cloud.cloud);
    await cloud.cloud.stop();
  });
  afterAll(async () => {
    await vendor.close();
    await cloud.stop();
  });

  const expectNowhere = (place: string, content: Buffer) => {
    for (const [name, values] of Object.entries(canaries))
      for (const shape of values.flatMap(shapesOf))
        expect(content.includes(shape), `a ${name} stands in ${place}`).toBe(false);
  };

  it('were used: a connection was made, renewed and tested, and one was revoked at its vendor', () => {
    expect([tested, revoked]).toMatchObject([{ status: 'ok' }, { state: 'revoked' }]);
    expect(vendor.revocations).toHaveLength(1);
    expect(refreshed.result.ok).toBe(true);
    expect(refreshed.lines).toMatchObject([{ stage: 'refresh', outcome: 'granted' }]);
    expect(vendor.tokens.length).toBeGreaterThanOrEqual(4);
    const counts = Object.values(canaries).map(
      (values) => values.filter((value) => value.length > 10).length,
    );
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  it('are in no file of tables, queues, keys or checkpoints', () => {
    const files = filesBelow(cloud.dataDir);
    expect(files.some((file) => file.endsWith('dynamodb.sqlite'))).toBe(true);
    for (const file of files) expectNowhere(file, readFileSync(file));
  });

  it('are in no log line', () => {
    expect(cloud.logs.join('\n')).toContain('connect connected');
    expectNowhere('the log', Buffer.from([...cloud.logs, JSON.stringify(refreshed.lines)].join('\n')));
  });

  it('are in no answer of the API, but for the state in the URL that the user is sent to', () => {
    expect(answers.join('\n')).toContain('connect.state_invalid');
    expectNowhere('an answer', Buffer.from(answers.join('\n')));
  });

  it('lie where everything of a tenant and of the deployment must lie', () => {
    expect(violations).toEqual([]);
  });
});
