import { describe, expect, it } from 'vitest';
import { localVendorsOf, operatorTokens, parseCli, tokenHashes } from '../../local/cli.ts';

describe('the options of npm start', () => {
  it('default to port 4000, data in .crossdock, and the demo', () => {
    expect(parseCli([], '/here')).toEqual({
      port: 4000,
      dataDir: '/here/.crossdock',
      assemblyDir: undefined,
      demo: true,
      vendors: {},
      issuer: true,
      help: false,
    });
  });

  it('are taken as they are given', () => {
    const argv = ['--port', '0', '--data-dir', 'elsewhere', '--assembly', 'made/before'];
    expect(parseCli([...argv, '--no-demo', '--no-issuer'], '/here')).toEqual({
      port: 0,
      dataDir: '/here/elsewhere',
      assemblyDir: '/here/made/before',
      demo: false,
      vendors: {},
      issuer: false,
      help: false,
    });
    expect(parseCli(['--memory'], '/here').dataDir).toBeUndefined();
  });

  it('put vendors elsewhere, one by one', () => {
    const argv = ['--vendor', 'hubspot=http://127.0.0.1:9001', '--vendor', 'zoho=https://zoho.example/x'];
    expect(parseCli(argv, '/here').vendors).toEqual({
      hubspot: 'http://127.0.0.1:9001',
      zoho: 'https://zoho.example/x',
    });
  });

  it('bring every vendor along for the demo that is not elsewhere, and without it those alone that are asked for', () => {
    const broughtAlong = (...argv: string[]) => localVendorsOf(parseCli(argv, '/here'));
    const all = ['github', 'google', 'hubspot', 'jira', 'pipedrive', 'slack', 'zoho'];
    expect(broughtAlong()).toEqual(all);
    expect(broughtAlong('--vendor', 'zoho=https://zoho.example')).toEqual(all.slice(0, -1));
    expect(broughtAlong('--no-demo')).toEqual([]);
    expect(broughtAlong('--no-demo', '--vendor', 'jira=local')).toEqual(['jira']);
  });

  it.each([
    'hubspot',
    'webhook=local',
    'hubspot=',
    'hubspot=ftp://x',
    'Hub Spot=http://x',
    '=http://x',
    'hubspot=http://',
  ])('refuse %j as a vendor', (vendor) => {
    expect(() => parseCli(['--vendor', vendor], '/here')).toThrow(
      '--vendor takes a connector type and a URL',
    );
  });

  it.each(['70000', '-1', 'http', ''])('refuse %j as a port', (port) => {
    expect(() => parseCli([`--port=${port}`], '/here')).toThrow('--port takes a number');
  });
});

describe('operator tokens', () => {
  it('come from the list, and the single token is taken as well', () => {
    const env = { OPERATOR_TOKENS: 'one, two ,', OPERATOR_TOKEN: ' single ' };
    expect(operatorTokens(env)).toEqual({ tokens: ['one', 'two', 'single'], generated: false });
    expect(operatorTokens({ OPERATOR_TOKENS: '', OPERATOR_TOKEN: 'single' }).tokens).toEqual(['single']);
    expect(operatorTokens({ OPERATOR_TOKENS: 'one,two', OPERATOR_TOKEN: 'two' }).tokens).toEqual([
      'one',
      'two',
    ]);
  });

  it('are made, each time another, when none is given', () => {
    const [one, other] = [operatorTokens({}), operatorTokens({})];
    expect(one.generated).toBe(true);
    expect(one.tokens[0]).toMatch(/^local_[\w-]{32}$/);
    expect(one.tokens[0]).not.toBe(other.tokens[0]);
  });

  it('reach the stack as hashes alone', () => {
    const hashes = tokenHashes({ tokens: ['one', 'two'], generated: false });
    expect(hashes).toMatch(/^[0-9a-f]{64},[0-9a-f]{64}$/);
    expect(hashes).not.toContain('one');
  });
});
