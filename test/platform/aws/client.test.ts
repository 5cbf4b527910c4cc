import { afterEach, describe, expect, it, vi } from 'vitest';
import { clientConfig } from '#functions/platform/aws/client-config.ts';
import { defaultProvider } from '#functions/platform/aws/lambda-credentials.ts';
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
