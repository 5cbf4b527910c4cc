import { join } from 'node:path';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { ResolvedResource } from '../cloudformation/resolve-template.ts';
import type { EnsuredTable } from '../dynamodb/tables.ts';
import type { QueuePort } from '../event-sources/queue-port.ts';
import { type SqsMapping, startSqsMapping } from '../event-sources/sqs-mapping.ts';
import { type StreamMapping, startStreamMapping } from '../event-sources/stream-mapping.ts';
import { faultyQueue } from '../faults/queue-faults.ts';
import type { LocalFunction } from '../lambda/function.ts';
import type { ReceiveOptions } from '../sqs/queue.ts';
import { isTravelClock } from '../travel-clock.ts';
import type { Expiries } from '../ttl/expiries.ts';
import type { Engines } from './engines.ts';
import { makeFailureStore } from './failure-store.ts';
import { type CloudOptions, REGION } from './options.ts';
import type { Stops } from './stops.ts';
import { ofType, type Resources } from './template-resources.ts';

interface MappingProperties {
  readonly FunctionName: string;
  readonly EventSourceArn: string;
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
}

export interface Sources {
  readonly queues: ReadonlyMap<string, SqsMapping>;
  readonly streams: ReadonlyMap<string, StreamMapping>;
}

interface Started {
  readonly engines: Engines;
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly tables: readonly EnsuredTable[];
  readonly options: CloudOptions;
  readonly expiries: Expiries;
}

const STREAM_RETENTION_MS = 24 * 3_600_000;

const functionOf = (name: string, functions: Started['functions']): LocalFunction => {
  const found = [...functions.values()].find(
    (candidate) => candidate.name === name || candidate.arn === name,
  );
  if (!found)
    throw new Error(`An event source mapping names the function ${name}, which the template does not have`);
  return found;
};

const queuePort = ({ engines, options }: Started, arn: string, functionName: string): QueuePort => {
  const queue = engines.sqs.queue(arn);
  if (!queue)
    throw new Error(`An event source mapping names the queue ${arn}, which the template does not have`);
  const port = {
    arn,
    visibilityTimeoutSeconds: Number(queue.attributes.get('VisibilityTimeout')),
    receive: async (wanted: ReceiveOptions) => (await queue.receive(wanted)).map(queue.view),
    removeBatch: queue.removeBatch,
    showAgain: (receiptHandle: string) => queue.changeVisibility(receiptHandle, 0),
  };
  return options.faults ? faultyQueue(port, options.faults, { functionName, resource: queue.name }) : port;
};

const common = ({ options }: Started) => ({
  region: REGION,
  clock: options.clock,
  onLog: (line: string) => options.onLog?.({ functionName: 'event source', line }),
});

const startQueue = (properties: MappingProperties, started: Started): SqsMapping => {
  const target = functionOf(properties.FunctionName, started.functions);
  return startSqsMapping({
    ...common(started),
    queue: queuePort(started, properties.EventSourceArn, target.name),
    invoke: target.invoke,
    functionTimeoutSeconds: target.timeoutSeconds,
    properties,
  });
};

const startStream = (
  resource: ResolvedResource,
  properties: MappingProperties,
  started: Started,
): StreamMapping => {
  const { engines, options, tables } = started;
  const target = functionOf(properties.FunctionName, started.functions);
  const tableName = properties.EventSourceArn.split('/')[1];
  const engineStreamArn = tables.find((table) => table.tableName === tableName)?.streamArn;
  if (tableName === undefined || engineStreamArn === undefined)
    throw new Error(`The table ${tableName} has no stream`);
  const destination = properties.DestinationConfig?.OnFailure?.Destination;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return startStreamMapping({
    ...common(started),
    client: new DynamoDBStreamsClient({ endpoint: engines.dynamodb.endpoint, region: REGION, credentials }),
    streamArn: properties.EventSourceArn,
    engineStreamArn,
    invoke: target.invoke,
    functionArn: target.arn,
    properties,
    isExpiry: started.expiries.reader(tableName),
    ...(isTravelClock(options.clock) ? { retentionMs: STREAM_RETENTION_MS } : {}),
    checkpointFile: join(options.dataDir, `checkpoint-${resource.logicalId}.json`),
    ...(destination === undefined
      ? {}
      : { onFailure: makeFailureStore(options.dataDir, destination, resource.logicalId) }),
  });
};

/** Starts the event source mappings of the template with the settings that stand there. */
export const startSources = (resources: Resources, started: Started, stops: Stops): Sources => {
  const queues = new Map<string, SqsMapping>();
  const streams = new Map<string, StreamMapping>();
  for (const resource of ofType(resources, 'AWS::Lambda::EventSourceMapping')) {
    // The mapping itself checks its settings, strictly.
    const properties = resource.properties as unknown as MappingProperties;
    const isQueue = properties.EventSourceArn.includes(':sqs:');
    const mapping = isQueue ? startQueue(properties, started) : startStream(resource, properties, started);
    stops.add(mapping.stop);
    if ('emptyReads' in mapping.stats) streams.set(resource.logicalId, mapping as StreamMapping);
    else queues.set(resource.logicalId, mapping as SqsMapping);
  }
  return { queues, streams };
};
