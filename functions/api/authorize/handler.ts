import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
} from 'aws-lambda';
import { readEnv } from '../../platform/env.ts';
import type { AuthorizerVerdict } from '../../platform/http/caller.ts';
import { makeAuthorize } from './authorize.ts';
import { Env } from './env.ts';

const authorize = makeAuthorize(readEnv(Env).OPERATOR_TOKEN_HASHES);

/** Identifies the caller. It lets every request through with its verdict; the HTTP handler refuses (see `identify`). */
export const handler = async (
  event: APIGatewayRequestAuthorizerEventV2,
): Promise<APIGatewaySimpleAuthorizerWithContextResult<AuthorizerVerdict>> => ({
  isAuthorized: true,
  context: { caller: authorize(event.headers?.['authorization']) },
});
