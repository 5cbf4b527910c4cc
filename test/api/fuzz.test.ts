import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleEvents } from '../example-events.ts';
import { anyJsonText, mutated } from './json-text.ts';
import { type Api, startApi } from './start-api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

// The call itself rejects for an answer from 500 up, and for any that the OpenAPI document does not describe.
const published = fc.oneof(
  { weight: 1, arbitrary: anyJsonText },
  { weight: 1, arbitrary: anyJsonText.map((json) => `{"events":${json}}`) },
  {
    weight: 4,
    arbitrary: fc
      .array(mutated(exampleEvents()), { minLength: 1, maxLength: 6 })
      .map((events) => `{"events":[${events.join(',')}]}`),
  },
);

const config = {
  url: 'https://example.com/',
  pii_allowlist: ['work_email'],
  events: { 'company.updated': true },
};
const created = mutated([
  { connector_type: 'webhook', scope: 'platform', config },
  { connector_type: 'webhook', config, secrets: { signing_secret: `whsec_${'A'.repeat(40)}` } },
]);
const updated = mutated([{ state: 'enabled', config }, { config }, { config }]);

describe('whatever JSON comes', () => {
  it('POST /events answers as the document says, and what it accepted can be read', async () => {
    const { headers } = await api.newTenant();
    await fc.assert(
      fc.asyncProperty(published, async (body) => {
        const { json } = await api.call('POST', '/events', { headers, body });
        for (const { status, event_id } of json.results ?? []) {
          if (status === 'rejected') continue;
          expect((await api.call('GET', `/events/${event_id}`, { headers })).status).toBe(200);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('POST /connections answers as the document says, and what it made can be read as it was answered', async () => {
    await fc.assert(
      fc.asyncProperty(created, async (body) => {
        const { headers } = await api.newTenant();
        const { status, json } = await api.call('POST', '/connections', { headers, body });
        const { secrets: _, ...view } = json;
        const { items } = (await api.call('GET', '/connections', { headers })).json;
        expect(items).toEqual(status === 201 ? [view] : []);
      }),
      { numRuns: 120 },
    );
  });

  it('PATCH /connections answers as the document says, and changes all that it says or nothing', async () => {
    const { headers } = await api.newTenant();
    await api.call('POST', '/connections', { headers, body: { connector_type: 'webhook', config } });
    const show = async () => (await api.call('GET', '/connections/webhook', { headers })).json;
    await fc.assert(
      fc.asyncProperty(updated, async (body) => {
        const before = await show();
        const { status, json } = await api.call('PATCH', '/connections/webhook', { headers, body });
        // A secret that was made is in this answer and in no other.
        const { secrets: _, ...changed } = json;
        expect(await show()).toEqual(status === 200 ? changed : before);
      }),
      { numRuns: 150 },
    );
  });
});
