import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, startApi } from './start-api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const start = (body: object = {}) => api.call('POST', '/admin/rewraps', { body });
const show = (id: string) => api.call('GET', `/admin/rewraps/${id}`);
const cancel = (id: string, query = '') => api.call('DELETE', `/admin/rewraps/${id}${query}`);
const activity = async () => (await api.call('GET', '/admin/activity')).json.items;

const NOTHING_YET = { connections: 0, rewrapped: 0, unchanged: 0, overtaken: 0, failed: 0 };

describe('rewraps over the API', () => {
  it('run one at a time: a second is refused with the id of the first, until that is over', async () => {
    const first = (await start({ note: 'Rotated' })).json;
    expect(first).toMatchObject({ state: 'running', note: 'Rotated', counts: NOTHING_YET });
    expect(first.started_by).toMatch(/^operator:tok_/);
    const refused = await start();
    expect([refused.status, refused.json.code]).toEqual([409, 'rewrap.running']);
    expect(refused.json.detail).toContain(first.rewrap_id);
    expect((await show(first.rewrap_id)).json).toEqual(first);
    const cancelled = (await cancel(first.rewrap_id)).json;
    expect(cancelled).toMatchObject({ ...first, state: 'cancelled', finished_at: expect.any(String) });
    expect((await cancel(first.rewrap_id)).json).toEqual(cancelled);
    const second = await start();
    expect(second.status).toBe(202);
    expect((await show(first.rewrap_id)).json.code).toBe('rewrap.not_found');
    await cancel(second.json.rewrap_id);
  });

  it('start once, of many that are asked for at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => start()));
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([202, 409, 409, 409, 409, 409]);
    const { json } = answers.find(({ status }) => status === 202) ?? { json: {} };
    await cancel(json.rewrap_id);
  });

  it('leave an activity that is of no tenant, with who and why, and none for what changed nothing', async () => {
    const { rewrap_id } = (await start({ note: 'Rotated' })).json;
    await start();
    await cancel(rewrap_id, '?note=Too+busy');
    await cancel(rewrap_id, '?note=again');
    const [second, first] = await activity();
    expect(first).toMatchObject({ action: 'rewrap.started', note: 'Rotated' });
    expect(second).toMatchObject({ action: 'rewrap.cancelled', note: 'Too busy' });
    for (const item of [first, second]) {
      expect(item).toMatchObject({ source: 'api', actor: expect.stringMatching(/^operator:tok_/) });
      expect(item).not.toHaveProperty('tenant_id');
    }
  });
});

describe('PUT /admin/providers/{provider}', () => {
  it('leaves an activity of no tenant with the provider, who and why, and no secret', async () => {
    const app = { client_id: 'our-app', client_secret: 'canary-of-the-app', note: 'Yearly' };
    await api.call('PUT', '/admin/providers/zoho', { body: app });
    const [latest] = await activity();
    expect(latest).toMatchObject({
      action: 'provider.set_up',
      connector_type: 'zoho',
      actor: expect.stringMatching(/^operator:tok_/),
      note: 'Yearly',
    });
    expect(latest).not.toHaveProperty('tenant_id');
    expect(JSON.stringify(latest)).not.toContain('canary');
  });

  it('leaves none when it is refused', async () => {
    const before = await activity();
    const body = { client_id: 'our-app', client_secret: 'any', redirect_uri: 'https://attacker.example' };
    expect((await api.call('PUT', '/admin/providers/zoho', { body })).status).toBe(422);
    expect(await activity()).toEqual(before);
  });
});
