import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
} from 'aws-lambda';
import { makeHttpClient } from '../../platform/egress/request.ts';
import { readEnv } from '../../platform/env.ts';
import type { AuthorizerVerdict } from '../../platform/http/caller.ts';
import { makeAuthorize } from './authorize.ts';
import { makeFetchKeys } from './discovery.ts';
import { Env } from './env.ts';
import { makeKeys } from './keys.ts';
import { makeOperators } from './operators.ts';
import { makeUsers } from './users.ts';

const env = readEnv(Env);
const issuer = env.OIDC_ISSUER;
const http = makeHttpClient({ policy: { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' } });

const authorize = makeAuthorize({
  operators: makeOperators(env.OPERATOR_TOKEN_HASHES),
  users: makeUsers({
    issuer,
    audiences: env.OIDC_AUDIENCE,
    tenantClaim: env.OIDC_TENANT_CLAIM,
    rolesClaim: env.OIDC_ROLES_CLAIM,
    findKey: makeKeys({ fetchKeys: makeFetchKeys(http, issuer), now: Date.now }),
    now: Date.now,
  }),
});

/**
 * Identifies the caller. It lets every request through with its verdict; the HTTP handler refuses (see `identify`).
 * It throws while the issuer's keys cannot be read: a verdict would be kept by the gateway, a failure is not.
 */
export const handler = async (
  event: APIGatewayRequestAuthorizerEventV2,
): Promise<APIGatewaySimpleAuthorizerWithContextResult<AuthorizerVerdict>> => ({
  isAuthorized: true,
  context: await authorize(event.headers?.['authorization']),
});
