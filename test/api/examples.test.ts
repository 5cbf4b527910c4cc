import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishableTypes } from '../../contracts/event-types.ts';
import { startTestCloud, type TestCloud } from '../harness/cloud.ts';

interface Operation {
  readonly requestBody?: {
    readonly content: {
      readonly 'application/json': { readonly examples?: Record<string, { readonly value: unknown }> };
    };
  };
}

describe('the examples of the OpenAPI document that the API serves', () => {
  let cloud: TestCloud;
  let paths: Record<string, Record<string, Operation>>;
  beforeAll(async () => {
    cloud = await startTestCloud();
    paths = (await cloud.call('GET', '/openapi.json')).json.paths;
  });
  afterAll(() => cloud.stop());

  it('work in the order in which one would send them', async () => {
    const tenantId = randomUUID();
    const headers = { 'x-tenant-id': tenantId };
    const send = async (method: string, path: string) => {
      const examples = paths[path]?.[method]?.requestBody?.content['application/json'].examples ?? {};
      const target = path
        .replace('{tenant_id}', tenantId)
        .replace('{connector_type}', 'webhook')
        .replace('{occasion_id}', 'any');
      const answers = [];
      for (const { value } of Object.values(examples)) {
        answers.push(await cloud.call(method.toUpperCase(), target, { headers, body: value }));
      }
      return answers;
    };
    expect((await send('put', '/admin/tenants/{tenant_id}')).map(({ status }) => status)).toEqual([200, 200]);
    expect((await send('post', '/connections')).map(({ status }) => status)).toEqual([201, 201]);
    const planned = await send('post', '/v1/occasions/{occasion_id}/integrations/connections');
    expect(planned.map(({ status }) => status)).toEqual([201]);
    const enabled = await send('patch', '/connections/{connector_type}');
    expect(enabled.map(({ json }) => json.state)).toEqual(['enabled', 'enabled']);
    const published = await send('post', '/events');
    expect(published.map(({ json }) => json.results[0].status)).toEqual(
      publishableTypes.map(() => 'accepted'),
    );
  });

  it('are there for every request with a body', () => {
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const bodies = operations.flatMap(({ requestBody }) => requestBody?.content['application/json'] ?? []);
    expect(bodies.length).toBeGreaterThan(3);
    for (const { examples } of bodies) expect(Object.keys(examples ?? {}).length).toBeGreaterThan(0);
  });
});
