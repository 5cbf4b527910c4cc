import { afterEach, describe, expect, it, vi } from 'vitest';
import { clientConfig } from '#functions/platform/aws/client-config.ts';
import { defaultProvider } from '#functions/platform/aws/lambda-credentials.ts';
import { Md5, Sha256 } from '#functions/platform/aws/native-hashes.ts';
import {
  NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS,
  resolveEndpointDiscoveryConfig,
} from '#functions/platform/aws/no-endpoint-discovery.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('an AWS client of ours', () => {
  it('has the credentials that Lambda puts into the environment, its session’s included', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
    vi.stubEnv('AWS_SESSION_TOKEN', 'session');
    expect(await defaultProvider()()).toMatchObject({
      accessKeyId: 'id',
      secretAccessKey: 'key',
      sessionToken: 'session',
    });
  });

  it('gives up on a hung service, all tries together, before the shortest of our functions ends', () => {
    const { maxAttempts, requestHandler } = clientConfig;
    const longestMs = maxAttempts * (requestHandler.connectionTimeout + requestHandler.requestTimeout);
    expect(longestMs).toBeLessThan(29_000);
  });

  it('discovers no endpoints: the stand-in leaves its configuration as it is and asks nobody', () => {
    const config = { region: 'eu-central-1' };
    expect(resolveEndpointDiscoveryConfig(config)).toBe(config);
    const { environmentVariableSelector, configFileSelector } = NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS;
    expect([environmentVariableSelector(), configFileSelector()]).toEqual([undefined, undefined]);
  });
});

describe('the hash that requests are signed with', () => {
  const hex = async (secret: string | undefined, ...parts: readonly (string | Uint8Array)[]) => {
    const hash = new Sha256(secret);
    for (const part of parts) hash.update(part);
    return Buffer.from(await hash.digest()).toString('hex');
  };

  it('is SHA-256 (FIPS 180-4, example B.1), over texts and bytes in any parts', async () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(await hex(undefined, 'abc')).toBe(abc);
    expect(await hex(undefined, 'a', new Uint8Array([0, 98, 99]).subarray(1))).toBe(abc);
  });

  it('has MD5 beside it, which SQS answers with (RFC 1321, A.5)', async () => {
    const hash = new Md5();
    hash.update('abc');
    expect(Buffer.from(await hash.digest()).toString('hex')).toBe('900150983cd24fb0d6963f7d28e17f72');
  });

  it('is its HMAC under a secret (RFC 4231, case 2), and begins anew after a reset', async () => {
    const known = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    expect(await hex('Jefe', 'what do ya want ', 'for nothing?')).toBe(known);
    const hash = new Sha256(new TextEncoder().encode('Jefe').buffer);
    hash.update('something else');
    hash.reset();
    hash.update('what do ya want for nothing?');
    expect(Buffer.from(await hash.digest()).toString('hex')).toBe(known);
  });
});
