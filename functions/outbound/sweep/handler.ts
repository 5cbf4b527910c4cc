import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { makeConnectionsStore } from '../../connections/index.ts';
import { connectorOf } from '../../connectors/all.ts';
import { clientConfig } from '../../platform/aws/client-config.ts';
import { makeDeletes } from '../../platform/dynamo/deletes.ts';
import { makePages } from '../../platform/dynamo/pages.ts';
import { makeTable } from '../../platform/dynamo/table.ts';
import { readEnv } from '../../platform/env.ts';
import { makeCount } from '../../platform/log/count.ts';
import { makeLog } from '../../platform/log/log.ts';
import { makeSend } from '../../platform/queue/send.ts';
import { makeParkings } from '../parkings.ts';
import { makeWaitingRows } from '../waiting-rows.ts';
import { makeSweepDue } from './due.ts';
import { Env } from './env.ts';
import { makeSweepParked } from './parked.ts';
import { makeSendBack } from './send-back.ts';
import { makeSweep } from './sweep.ts';

const env = readEnv(Env);
const client = new DynamoDBClient(clientConfig);
const tableOf = (name: string) => ({
  ...makeTable(client, name),
  ...makePages(client, name),
  ...makeDeletes(client, name),
});
const around = { now: () => Date.now(), log: makeLog('sweep') };
const { page, release } = makeWaitingRows(tableOf(env.DELIVERIES_TABLE));
const sendBack = makeSendBack({
  send: makeSend(new SQSClient(clientConfig)),
  release,
  lanes: env.LANES,
  count: makeCount(),
  ...around,
});

export const handler = makeSweep({
  due: makeSweepDue({ page, sendBack, ...around }),
  parked: makeSweepParked({
    ...makeParkings(tableOf(env.LIMITS_TABLE)),
    ...makeConnectionsStore(client, env.CONNECTIONS_TABLE),
    connectorOf,
    page,
    sendBack,
    ...around,
  }),
  ...around,
});
