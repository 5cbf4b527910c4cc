import { describe, expect, it } from 'vitest';
import type { Route } from '#contracts/routes.ts';
import { identify } from '#functions/platform/http/caller.ts';
import { type EventParts, httpEvent } from '../../harness/http-event.ts';

const TENANT = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
const OTHER = '11111111-2222-4333-8444-555555555555';
const named = { headers: { 'x-tenant-id': TENANT } };

const identified = (access: Route['access'], parts: EventParts) => {
  const found = identify({ access }, httpEvent(parts));
  return found.ok ? found.tenantId : found.problem.code;
};

describe('identify', () => {
  it('asks nobody who they are on a public route', () => {
    expect(identified('public', { caller: undefined })).toBe('');
  });

  it('takes no tenant on a platform route, whatever is named, and asks who calls', () => {
    expect(identified('platform', { ...named, pathParameters: { tenant_id: OTHER } })).toBe('');
    expect(identified('platform', { caller: 'unknown' })).toBe('auth.token_invalid');
  });

  it('says who calls, as activity records it', () => {
    for (const access of ['tenant', 'platform'] as const) {
      expect(identify({ access }, httpEvent(named))).toMatchObject({ actor: 'operator' });
    }
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
    expect(identified('tenant', { headers: { 'x-tenant-id': sent } })).toBe('tenant.malformed');
  });

  it('says of a call without a token nothing about its tenant', () => {
    expect(identified('tenant', { headers: { 'x-tenant-id': 'x' }, caller: 'unknown' })).toBe(
      'auth.token_invalid',
    );
  });
});
