import { describe, expect, it } from 'vitest';
import { readTokenAnswer } from '#functions/connections/oauth/token-answer.ts';
import { isOAuth } from '#functions/connections/oauth/vendor.ts';
import { connectorOf } from '#functions/connectors/all.ts';

const CANARY = 'what-the-vendor-wrote';

const read = (type: string, status: number, json: unknown, truncated = false) => {
  const connector = connectorOf(type);
  if (!isOAuth(connector)) throw new Error(type);
  const body = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
  const answer = { outcome: 'response' as const, status, headers: {}, body, truncated, durationMs: 1 };
  return readTokenAnswer(connector.oauth, answer);
};

const granted = { access_token: 'at', token_type: 'bearer' };

describe('an answer with a token', () => {
  it('is a grant, with what the vendor says of it', () => {
    const answer = read('hubspot', 200, { ...granted, refresh_token: 'rt', expires_in: 1800 });
    expect(answer).toMatchObject({ outcome: 'granted', expiresInSeconds: 1800 });
    expect(answer.outcome === 'granted' && answer.refreshToken?.reveal()).toBe('rt');
    expect(answer.outcome === 'granted' && answer.accessToken.reveal()).toBe('at');
  });

  it.each([
    ['github', 'repo,read:org', ['repo', 'read:org']],
    [
      'google',
      'openid https://www.googleapis.com/auth/drive.file',
      ['openid', 'https://www.googleapis.com/auth/drive.file'],
    ],
    ['slack', '', []],
  ])('of %s lists the scopes of %j', (type, scope, scopes) => {
    expect(read(type, 200, { ...granted, scope })).toMatchObject({ scopes });
  });

  it('lists the scopes of HubSpot, which has them as a list under another name', () => {
    expect(read('hubspot', 200, { ...granted, scopes: ['oauth', 'tickets'] })).toMatchObject({
      scopes: ['oauth', 'tickets'],
    });
    expect(read('hubspot', 200, granted)).not.toHaveProperty('scopes');
  });

  it.each([
    ['github', {}, undefined],
    ['slack', {}, undefined],
    ['slack', { expires_in: 43_200 }, 43_200],
    ['jira', {}, 3600],
    ['google', { expires_in: '1200' }, 1200],
    ['hubspot', { expires_in: -1 }, 1800],
    ['hubspot', { expires_in: 1e12 }, 1800],
  ])('of %s with %j lives as long as the vendor says, or else as it documents', (type, more, expected) => {
    const answer = read(type, 200, { ...granted, ...more });
    expect(answer.outcome === 'granted' && answer.expiresInSeconds).toBe(expected);
  });
});

describe('a refusal', () => {
  it.each([
    ['github', 200, { error: 'bad_refresh_token', error_description: CANARY }],
    ['slack', 200, { ok: false, error: 'invalid_refresh_token' }],
    ['jira', 403, { error: 'invalid_grant', error_description: CANARY }],
    ['google', 400, { error: 'invalid_grant' }],
    ['zoho', 200, { error: 'invalid_code' }],
    ['hubspot', 400, { status: 'BAD_REFRESH_TOKEN', message: CANARY }],
    ['pipedrive', 400, { error: 'invalid_grant' }],
  ])('of the grant is told apart at %s (%i)', (type, status, json) => {
    expect(read(type, status, json)).toEqual({ outcome: 'refused' });
  });

  it.each([
    ['github', 200, { error: 'incorrect_client_credentials' }],
    ['slack', 200, { ok: false, error: 'bad_client_secret' }],
    ['google', 401, { error: 'invalid_client' }],
    ['pipedrive', 401, { error: 'invalid_client' }],
  ])('of our app is told apart at %s (%i)', (type, status, json) => {
    expect(read(type, status, json)).toEqual({ outcome: 'client_refused' });
  });

  it.each([
    [400, { error: CANARY }, 'http_400'],
    [200, { error: CANARY, access_token: 'at' }, 'http_200'],
    [200, {}, 'http_200'],
    [200, '<html>', 'http_200'],
    [200, '[]', 'http_200'],
    [200, { access_token: {} }, 'http_200'],
    [302, granted, 'http_302'],
    [429, { error: 'invalid_grant' }, 'http_429'],
    [503, { error: 'invalid_grant' }, 'http_503'],
  ])('that says neither (%i %j) is no end of anything, and nothing of it is kept', (status, json, code) => {
    expect(read('google', status, json)).toEqual({ outcome: 'unavailable', code });
  });

  it('that is cut off counts as none', () => {
    expect(read('google', 200, granted, true)).toEqual({ outcome: 'unavailable', code: 'http_200' });
  });
});
