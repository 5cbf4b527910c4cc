import { setTimeout as pause } from 'node:timers/promises';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from './native-hashes.ts';
import type { SessionEnv } from './session-env.ts';

/** Credentials as the SDK takes them. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

const TRIES_MAX = 4;
const PAUSE_MS = 50;
const TIMEOUT_MS = 3000;

/** Where STS is: each region has its own, and China's have another domain. */
const endpointOf = ({ AWS_REGION, AWS_ENDPOINT_URL_STS }: SessionEnv): URL =>
  new URL(
    AWS_ENDPOINT_URL_STS ??
      `https://sts.${AWS_REGION}.amazonaws.com${AWS_REGION.startsWith('cn-') ? '.cn' : ''}`,
  );

const textIn = (xml: string, element: string): string =>
  new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? '';

/** A failure by STS's own code, never with its message: that names the role and the session. */
const failure = (code: string): Error => Object.assign(new Error('STS gave no session'), { name: code });

const credentialsIn = (xml: string): SessionCredentials => {
  const [accessKeyId, secretAccessKey, sessionToken] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map(
    (element) => textIn(xml, element),
  );
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw failure('UnexpectedAnswer');
  return { accessKeyId, secretAccessKey, sessionToken };
};

/**
 * Takes on a role with one session tag (STS AssumeRole, version 2011-06-15). Signed and sent here: the SDK's client for
 * STS would add 33 KB to every bundle for this one call.
 * @throws Error named by STS's code, or by what kept it from answering, after four tries
 */
export const makeAssumeRole = (env: SessionEnv) => {
  const endpoint = endpointOf(env);
  const signer = new SignatureV4({
    service: 'sts',
    region: env.AWS_REGION,
    credentials: fromEnv(),
    sha256: Sha256,
  });

  const ask = async (body: string): Promise<Response> => {
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      ...(endpoint.port === '' ? {} : { port: Number(endpoint.port) }),
      path: endpoint.pathname,
      query: {},
      headers: { host: endpoint.host, 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
    const { host: _, ...sent } = headers;
    return fetch(endpoint, { method: 'POST', headers: sent, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
  };

  return async (tag: { readonly key: string; readonly value: string }): Promise<SessionCredentials> => {
    const body = new URLSearchParams({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: env.TENANT_ROLE_ARN,
      RoleSessionName: tag.value,
      'Tags.member.1.Key': tag.key,
      'Tags.member.1.Value': tag.value,
    }).toString();
    for (let tries = 1; ; tries += 1) {
      const response = await ask(body).catch((error: Error) => error);
      if (response instanceof Response && response.ok) return credentialsIn(await response.text());
      const found = response instanceof Response ? failure(textIn(await response.text(), 'Code')) : response;
      const isFinal = response instanceof Response && response.status < 500 && found.name !== 'Throttling';
      if (isFinal || tries >= TRIES_MAX) throw found;
      await pause(PAUSE_MS * 2 ** tries);
    }
  };
};
