import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Role, roles } from '#contracts/roles.ts';
import type { Route } from '#contracts/routes.ts';
import { type AuthorizerVerdict, actorOf, identify } from '#functions/platform/http/caller.ts';
import { type EventParts, httpEvent, REQUESTED_AT_MS } from '../../harness/http-event.ts';

const TENANT = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
const OTHER = '11111111-2222-4333-8444-555555555555';
const named = { headers: { 'x-tenant-id': TENANT } };

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const WRITES = METHODS.filter((method) => method !== 'GET');

const callOf = (access: Route['access'], parts: EventParts, method: (typeof METHODS)[number] = 'GET') =>
  identify({ access, method }, httpEvent(parts));

const identified = (...call: Parameters<typeof callOf>) => {
  const found = callOf(...call);
  return found.ok ? found.tenantId : found.problem.code;
};

const user = (role: Role, more: { readonly tenantId?: string; readonly expiresAtMs?: number } = {}) =>
  ({
    caller: 'user',
    subject: 'person-1',
    role,
    tenantId: role === 'super_admin' ? '' : TENANT,
    expiresAtMs: REQUESTED_AT_MS + 60_000,
    ...more,
  }) as const satisfies AuthorizerVerdict;

describe('identify', () => {
  it('asks nobody who they are on a public route', () => {
    expect(callOf('public', { caller: undefined })).toEqual({
      ok: true,
      caller: { kind: 'nobody', subject: '' },
      tenantId: '',
    });
  });

  it('takes no tenant on a platform route, whatever is named, and asks who calls', () => {
    expect(identified('platform', { ...named, pathParameters: { tenant_id: OTHER } })).toBe('');
    expect(identified('platform', { caller: 'unknown' })).toBe('auth.token_invalid');
  });

  it('says who calls, as activity records it: by which right, and an id', () => {
    const actors = [undefined, user('tenant_admin')].map((caller) => {
      const found = callOf('tenant', { ...named, ...(caller === undefined ? {} : { caller }) });
      return found.ok ? actorOf(found.caller) : found.problem.code;
    });
    expect(actors).toEqual(['operator:tok_000000000000', 'tenant_admin:person-1']);
    expect(actorOf({ kind: 'nobody', subject: '' })).toBe('');
  });

  it.each(['tenant', 'admin', 'platform'] as const)('refuses a call of nobody on a %s route', (access) => {
    const parts = { ...named, pathParameters: { tenant_id: TENANT } };
    expect(identified(access, { ...parts, caller: undefined })).toBe('auth.token_missing');
    expect(identified(access, { ...parts, caller: 'unknown' })).toBe('auth.token_invalid');
  });

  it('takes the tenant from the header on a tenant route, never from the path', () => {
    expect(identified('tenant', { ...named, pathParameters: { tenant_id: OTHER } })).toBe(TENANT);
    expect(identified('tenant', { pathParameters: { tenant_id: OTHER } })).toBe('tenant.missing');
  });

  it('takes the tenant from the path on an admin route, never from the header', () => {
    expect(identified('admin', { ...named, pathParameters: { tenant_id: OTHER } })).toBe(OTHER);
    expect(identified('admin', named)).toBe('tenant.missing');
  });

  it('names a tenant in lower case, as it stands in every key', () => {
    expect(identified('tenant', { headers: { 'x-tenant-id': TENANT.toUpperCase() } })).toBe(TENANT);
  });

  it.each(['x', `${TENANT},${OTHER}`, ` ${TENANT}`, `${TENANT}#C`, '*'])('refuses the tenant %j', (sent) => {
    const headers = { 'x-tenant-id': sent };
    expect(identified('tenant', { headers })).toBe('tenant.malformed');
    expect(identified('tenant', { headers, caller: user('tenant_admin') })).toBe('tenant.malformed');
  });

  it('says of a call without a token nothing about its tenant', () => {
    expect(identified('tenant', { headers: { 'x-tenant-id': 'x' }, caller: 'unknown' })).toBe(
      'auth.token_invalid',
    );
  });
});

describe("a tenant's user", () => {
  it.each(['tenant_admin', 'tenant_member'] as const)('is of the tenant in the token: %s', (role) => {
    const caller = user(role);
    expect(identified('tenant', { caller })).toBe(TENANT);
    expect(identified('tenant', { caller, headers: { 'x-tenant-id': '' } })).toBe(TENANT);
    expect(identified('tenant', { ...named, caller })).toBe(TENANT);
    expect(identified('tenant', { headers: { 'x-tenant-id': TENANT.toUpperCase() }, caller })).toBe(TENANT);
  });

  it('is never of any other tenant, whatever the header says', () => {
    const role = fc.constantFrom<Role>('tenant_admin', 'tenant_member');
    fc.assert(
      fc.property(fc.oneof(fc.uuid(), fc.string()), role, (sent, one) => {
        const headers = { 'x-tenant-id': sent };
        const found = callOf('tenant', { headers, caller: user(one) });
        expect(found.ok ? found.tenantId : 'refused').toBeOneOf([TENANT, 'refused']);
      }),
    );
    expect(identified('tenant', { headers: { 'x-tenant-id': OTHER }, caller: user('tenant_admin') })).toBe(
      'tenant.foreign',
    );
  });

  it('reads as a member and writes as an admin', () => {
    expect(identified('tenant', { caller: user('tenant_member') })).toBe(TENANT);
    for (const method of WRITES) {
      expect(identified('tenant', { caller: user('tenant_member') }, method)).toBe('auth.forbidden');
      expect(identified('tenant', { caller: user('tenant_admin') }, method)).toBe(TENANT);
    }
  });

  it.each(['tenant_admin', 'tenant_member'] as const)('has no business on an admin route: %s', (role) => {
    const parts = { pathParameters: { tenant_id: TENANT }, caller: user(role) };
    for (const method of METHODS) expect(identified('admin', parts, method)).toBe('auth.forbidden');
  });

  it('without a tenant may name none', () => {
    const caller = user('tenant_admin', { tenantId: '' });
    expect(identified('tenant', { ...named, caller })).toBe('auth.tenant_unknown');
    expect(identified('tenant', { caller })).toBe('auth.tenant_unknown');
  });
});

describe('a super_admin', () => {
  it('calls for the tenant in header or path, and has none of his own', () => {
    const caller = user('super_admin', { tenantId: OTHER });
    for (const method of METHODS) {
      expect(identified('tenant', { ...named, caller }, method)).toBe(TENANT);
      expect(identified('admin', { pathParameters: { tenant_id: TENANT }, caller }, method)).toBe(TENANT);
    }
    expect(identified('tenant', { caller })).toBe('tenant.missing');
  });
});

describe("a user's verdict", () => {
  it('is good until the token ends and not a millisecond longer, however long the gateway keeps it', () => {
    for (const role of roles) {
      const at = (expiresAtMs: number) =>
        identified('tenant', { ...named, caller: user(role, { expiresAtMs }) });
      expect(at(REQUESTED_AT_MS + 1)).toBe(TENANT);
      expect(at(REQUESTED_AT_MS)).toBe('auth.token_expired');
      expect(at(REQUESTED_AT_MS - 1)).toBe('auth.token_expired');
      expect(at(Number.NaN)).toBe('auth.token_expired');
    }
  });

  it('says who it was and by which right', () => {
    for (const role of roles) {
      const found = callOf('tenant', { ...named, caller: user(role) });
      expect(found.ok && found.caller).toEqual({ kind: role, subject: 'person-1' });
    }
  });
});
