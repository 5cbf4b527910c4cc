import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import {
  type Connection,
  CreateConnection,
  TenantSettings,
  UpdateConnection,
} from '#contracts/connections.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import { routesOf } from '#contracts/routes.ts';
import { clientConfig } from '../../platform/aws/client-config.ts';
import { makeSeal } from '../../platform/crypto/seal.ts';
import { readEnv } from '../../platform/env.ts';
import { type HttpReply, withBody } from '../../platform/http/endpoint.ts';
import { httpHandler } from '../../platform/http/handler.ts';
import { makeLog } from '../../platform/log/log.ts';
import { makeConnectionsStore } from '../store.ts';
import { toView } from '../view.ts';
import { makeCreate } from './create.ts';
import { Env } from './env.ts';
import { makeUpdate } from './update.ts';

const env = readEnv(Env);
const store = makeConnectionsStore(new DynamoDBClient(clientConfig), env.CONNECTIONS_TABLE);
const seal = makeSeal(new KMSClient(clientConfig), env.KEY_ID);
const validation = { destinations: { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' } };
const now = () => Date.now();
const create = makeCreate({ store, seal, secretsTable: env.SECRETS_TABLE, validation, now });
const update = makeUpdate({ store, validation, now });

const answer = (status: number, result: Connection | Problem): HttpReply =>
  'code' in result ? { problem: result } : { status, body: result };

export const handler = httpHandler(
  routesOf('manage'),
  {
    'PUT /admin/tenants/{tenant_id}': withBody(TenantSettings, async ({ tenantId }, settings) => {
      await store.setGate(tenantId, settings.integrations_enabled);
      return { status: 200, body: { tenant_id: tenantId, ...settings } };
    }),
    'GET /admin/tenants/{tenant_id}': async ({ tenantId }) => ({
      status: 200,
      body: { tenant_id: tenantId, integrations_enabled: await store.gate(tenantId) },
    }),
    'GET /connections': async ({ tenantId }) => {
      const { connections } = await store.ofTenant(tenantId);
      return {
        status: 200,
        body: { items: connections.map((record) => toView(record, validation)), next_cursor: null },
      };
    },
    'POST /connections': withBody(CreateConnection, async ({ tenantId }, input) =>
      answer(201, await create(tenantId, input)),
    ),
    'GET /connections/{connector_type}': async ({ tenantId, parameters }) => {
      const record = await store.find(tenantId, parameters['connector_type'] ?? '');
      return record
        ? { status: 200, body: toView(record, validation) }
        : { problem: problem('connection.not_found') };
    },
    'PATCH /connections/{connector_type}': withBody(
      UpdateConnection,
      async ({ tenantId, parameters }, input) =>
        answer(200, await update(tenantId, parameters['connector_type'] ?? '', input)),
    ),
  },
  makeLog('manage'),
);
