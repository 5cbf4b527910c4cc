import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { connectorOf } from '../../connectors/all.ts';
import { readEnv } from '../../platform/env.ts';
import { makeLog } from '../../platform/log/log.ts';
import { Pointer } from '../pointer.ts';
import { makeDeliver } from './deliver.ts';
import { Env } from './env.ts';
import { wire } from './wire.ts';

const env = readEnv(Env);
const log = makeLog('deliver');
const connector = connectorOf(env.CONNECTOR_TYPE);
if (!connector) throw new Error('CONNECTOR_TYPE names no connector');
const deliver = makeDeliver(wire(env, connector, { log, now: () => Date.now(), random: Math.random }));

/** A message that is no pointer stays in the lane until the queue moves it to quarantine, where it can be looked at. */
const parse = (body: string): Pointer | undefined => {
  try {
    return Pointer.parse(JSON.parse(body));
  } catch {
    log({ stage: 'deliver', outcome: 'failed', code: 'not_a_pointer', connector_type: connector.type });
    return undefined;
  }
};

export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const messages = event.Records.map((record) => ({ id: record.messageId, pointer: parse(record.body) }));
  const pointers = messages.flatMap(({ pointer }) => pointer ?? []);
  const results = await deliver(pointers);
  const done = new Set(pointers.filter((_, index) => results[index] === 'done'));
  const again = messages.filter(({ pointer }) => pointer === undefined || !done.has(pointer));
  return { batchItemFailures: again.map(({ id }) => ({ itemIdentifier: id })) };
};
