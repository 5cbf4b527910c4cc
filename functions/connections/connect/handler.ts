import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { connectRoutes } from '#contracts/routes.ts';
import { tenantClientConfig } from '../../platform/aws/tenant-client-config.ts';
import { readEnv } from '../../platform/env.ts';
import { httpHandler } from '../../platform/http/handler.ts';
import { makeLog } from '../../platform/log/log.ts';
import { makeEndpoints } from './endpoints.ts';
import { Env } from './env.ts';
import { wire } from './wire.ts';

const clients = { dynamo: new DynamoDBClient(tenantClientConfig), kms: new KMSClient(tenantClientConfig) };
const log = makeLog('connect');
const deps = wire(readEnv(Env), clients, { now: () => Date.now(), log });

export const handler = httpHandler(connectRoutes, makeEndpoints(deps), log);
