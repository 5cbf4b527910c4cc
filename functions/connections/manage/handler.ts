import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { routesOf } from '#contracts/routes.ts';
import { clientConfig } from '../../platform/aws/client-config.ts';
import { makeSeal } from '../../platform/crypto/seal.ts';
import { readEnv } from '../../platform/env.ts';
import { httpHandler } from '../../platform/http/handler.ts';
import { makeLog } from '../../platform/log/log.ts';
import { makeConnectionsStore } from '../store.ts';
import { makeCreate } from './create.ts';
import { makeEndpoints } from './endpoints.ts';
import { Env } from './env.ts';
import { makeUpdate } from './update.ts';

const env = readEnv(Env);
const store = makeConnectionsStore(new DynamoDBClient(clientConfig), env.CONNECTIONS_TABLE);
const seal = makeSeal(new KMSClient(clientConfig), env.KEY_ID);
const validation = { destinations: { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' } };
const now = () => Date.now();
const create = makeCreate({ store, seal, secretsTable: env.SECRETS_TABLE, validation, now });
const update = makeUpdate({ store, validation, now });

export const handler = httpHandler(
  routesOf('manage'),
  makeEndpoints({ store, create, update, validation }),
  makeLog('manage'),
);
