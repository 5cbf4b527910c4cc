import { describe, expect, it } from 'vitest';
import type { ConnectionState } from '#contracts/connections.ts';
import { type Scoped, scopeName } from '#contracts/scopes.ts';
import { routesOf } from '#functions/outbound/dispatch/route.ts';
import type { OutboxEntry } from '#functions/outbound/outbox.ts';
import { entryOf, envelopeOf, webhookConnection } from '../../harness/outbound.ts';

const TENANT = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
const entry = entryOf(envelopeOf(TENANT, 'key'));

interface Case {
  readonly enabled?: boolean;
  readonly state?: ConnectionState;
  readonly config?: Record<string, unknown>;
  readonly entry?: Partial<OutboxEntry>;
}

const outcomeOf = ({ enabled = true, state = 'enabled', config = {}, entry: changes = {} }: Case) => {
  const tenant = {
    integrationsEnabled: enabled,
    principals: [],
    connections: [webhookConnection({ state, config })],
  };
  const [route] = routesOf(tenant, { ...entry, ...changes });
  return route === undefined ? 'none' : (route.skip ?? 'sent');
};

const OFF = { events: { 'company.updated': false } };

describe('the routes of an event', () => {
  it.each<[Case, string]>([
    [{}, 'sent'],
    [{ state: 'draft' }, 'none'],
    [{ state: 'revoked' }, 'none'],
    [{ state: 'disabled' }, 'connection_disabled'],
    [{ enabled: false }, 'gated'],
    [{ enabled: false, state: 'disabled' }, 'gated'],
    [{ enabled: false, state: 'draft' }, 'none'],
    [{ config: OFF }, 'event_type_off'],
    [{ config: { events: { 'company.updated': true } } }, 'sent'],
    [{ config: { events: { 'job_ad.closed': false } } }, 'sent'],
    [{ state: 'disabled', config: OFF }, 'connection_disabled'],
    [{ entry: { non_strict: true } }, 'sent'],
    [{ entry: { non_strict: true }, config: { non_strict_signals: true } }, 'sent'],
    [{ entry: { non_strict: true }, config: { non_strict_signals: false } }, 'non_strict_signals_off'],
    [{ config: { non_strict_signals: false } }, 'sent'],
    [{ config: { events: 'nonsense' } }, 'sent'],
  ])('over a connection of %o: %s', (given, expected) => {
    expect(outcomeOf(given)).toBe(expected);
  });

  it('are one for each connection that has ever been enabled', () => {
    const states: ConnectionState[] = ['enabled', 'draft', 'disabled', 'revoked', 'enabled'];
    const connections = states.map((state) => webhookConnection({ state }));
    const routes = routesOf({ integrationsEnabled: true, principals: [], connections }, entry);
    expect(routes).toEqual([
      { connection: connections[0] },
      { connection: connections[2], skip: 'connection_disabled' },
      { connection: connections[4] },
    ]);
  });

  it('are none for a tenant without connections', () => {
    expect(routesOf({ integrationsEnabled: true, principals: [], connections: [] }, entry)).toEqual([]);
  });

  it.each([
    [undefined, ['platform']],
    ['occasion#A', ['platform', 'occasion#A']],
    ['occasion#B', ['platform', 'occasion#B']],
    ['event#A', ['platform', 'event#A']],
    ['occasion#AA', ['platform']],
  ] as const)('of an event that names %s are over connections of %j', (scope, expected) => {
    const scopes: Scoped[] = [
      { scope: 'platform' },
      { scope: 'occasion', scope_id: 'A' },
      { scope: 'occasion', scope_id: 'B' },
      { scope: 'event', scope_id: 'A' },
    ];
    const connections = scopes.map((of) => webhookConnection(of));
    const tenant = { integrationsEnabled: true, principals: [], connections };
    const routes = routesOf(tenant, { ...entry, ...(scope && { scope }) });
    expect(routes.map(({ connection }) => scopeName(connection))).toEqual(expected);
  });
});
