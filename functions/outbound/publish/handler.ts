import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { problem } from '#contracts/errors.ts';
import { PublishRequest } from '#contracts/publish.ts';
import { publishRoutes } from '#contracts/routes.ts';
import { tenantClientConfig } from '../../platform/aws/tenant-client-config.ts';
import { makeTable } from '../../platform/dynamo/table.ts';
import { readEnv } from '../../platform/env.ts';
import { withBody } from '../../platform/http/endpoint.ts';
import { httpHandler } from '../../platform/http/handler.ts';
import { makeLog } from '../../platform/log/log.ts';
import { makeOutbox } from '../outbox.ts';
import { Env } from './env.ts';
import { makePublish } from './publish.ts';

const env = readEnv(Env);
const log = makeLog('publish');
const outbox = makeOutbox(makeTable(new DynamoDBClient(tenantClientConfig), env.OUTBOX_TABLE));
const now = () => Date.now();
const publish = makePublish({ append: outbox.append, now, retentionDays: env.EVENT_RETENTION_DAYS });

export const handler = httpHandler(
  publishRoutes,
  {
    'POST /events': withBody(PublishRequest, async ({ tenantId, requestId }, { events }) => {
      const startedAtMs = now();
      const results = await publish(tenantId, events);
      const line = {
        stage: 'publish',
        tenant_id: tenantId,
        request_id: requestId,
        duration_ms: now() - startedAtMs,
      };
      for (const [outcome, of] of Map.groupBy(results, ({ status }) => status)) {
        log({ ...line, outcome, count: of.length });
      }
      // A request of nothing but conflicts is itself one; the results stand in the problem.
      if (results.every(({ error }) => error?.code === 'event.conflict')) {
        return { problem: problem('event.conflict'), more: { results } };
      }
      return { status: 202, body: { results } };
    }),
  },
  log,
);
