import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Call, Worker } from '#local/faults/call.ts';
import type { Fault } from '#local/faults/fault.ts';
import { startWire } from '#local/faults/wire.ts';
import { manualClock } from '#local/manual-clock.ts';
import { startSqs } from '#local/sqs/server.ts';
import { countedTables, EVENTS, sdkOptions, temporaryEngine } from '../dynamodb/engine-setup.ts';
import { kmsWithKeys } from '../kms/kms-setup.ts';

const WORKER: Worker = { functionName: 'worker', environmentId: '7' };

/** A table `events`, a queue `lane` and a key behind a wire, real clients on it that try once, and others past it. */
export const wiredServices = async () => {
  const clock = manualClock(Date.UTC(2030, 0, 1));
  const engine = await temporaryEngine();
  const tables = await countedTables(engine.endpoint, [EVENTS]);
  const sqs = await startSqs({ region: 'eu-west-1', account: '111122223333', clock });
  const queue = sqs.ensureQueue('lane', {});
  const kms = await kmsWithKeys();
  const calls: Call[] = [];
  const killed: Worker[] = [];
  const errors: unknown[] = [];
  let next: Fault | undefined;
  const wire = await startWire({
    faults: {
      at(call) {
        calls.push(call);
        const fault = next;
        next = undefined;
        return fault;
      },
    },
    services: () => ({
      dynamodb: tables.gateway.endpoint,
      sqs: sqs.endpoint,
      kms: kms.endpoint,
      sts: 'http://127.0.0.1:9',
    }),
    kill: (worker) => killed.push(worker),
    onError: (error) => errors.push(error),
  });
  const clients = {
    dynamodb: new DynamoDBClient(sdkOptions(wire.endpoint('dynamodb', WORKER))),
    sqs: new SQSClient(sdkOptions(wire.endpoint('sqs', WORKER))),
    kms: new KMSClient(sdkOptions(wire.endpoint('kms', WORKER))),
  };
  return {
    ...clients,
    /** A client that no fault can reach. */
    direct: tables.client,
    queue,
    queueUrl: wire.queueUrl(sqs.url('lane')),
    clock,
    wire,
    calls,
    killed,
    errors,
    worker: WORKER,
    /** The next call, and no other, is struck. */
    strikeNext: (fault: Fault) => {
      next = fault;
    },
    async close() {
      for (const client of Object.values(clients)) client.destroy();
      await wire.close();
      await kms.close();
      await sqs.close();
      await tables.close();
      await engine.close();
    },
  };
};

export type WiredServices = Awaited<ReturnType<typeof wiredServices>>;
