import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { problem } from '#contracts/errors.ts';
import { EventId } from '#contracts/ids.ts';
import { outcomeRoutes } from '#contracts/routes.ts';
import { tenantClientConfig } from '../../platform/aws/tenant-client-config.ts';
import { makeTable } from '../../platform/dynamo/table.ts';
import { readEnv } from '../../platform/env.ts';
import { httpHandler } from '../../platform/http/handler.ts';
import { makeLog } from '../../platform/log/log.ts';
import { makeDeliveries } from '../deliveries.ts';
import { deliveryIdOf } from '../keys.ts';
import { makeOutbox } from '../outbox.ts';
import { Env } from './env.ts';
import { toDelivery } from './view.ts';

const env = readEnv(Env);
const client = new DynamoDBClient(tenantClientConfig);
const outbox = makeOutbox(makeTable(client, env.OUTBOX_TABLE));
const deliveries = makeDeliveries(makeTable(client, env.DELIVERIES_TABLE));

export const handler = httpHandler(
  outcomeRoutes,
  {
    'GET /events/{event_id}': async ({ tenantId, parameters }) => {
      const eventId = EventId.safeParse(parameters['event_id']).data;
      const event = eventId === undefined ? undefined : (await outbox.read(tenantId, [eventId])).get(eventId);
      if (event === undefined) return { problem: problem('event.not_found') };
      const rows = await deliveries.ofEvent(tenantId, event.event_id);
      const view = rows.map(({ connectionId, row }) =>
        toDelivery(deliveryIdOf(event.event_id, connectionId), row),
      );
      return { status: 200, body: { event, deliveries: view } };
    },
  },
  makeLog('outcome'),
);
