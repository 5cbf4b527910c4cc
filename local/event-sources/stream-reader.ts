import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  type _Record as EngineRecord,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';

const RECORDS_MAX = 1000;

export interface StreamReader {
  /** The next records of the shard, oldest first; empty when there is nothing new. Rejects as the client does. */
  readonly read: () => Promise<readonly EngineRecord[]>;
}

export interface StreamReaderOptions {
  readonly client: DynamoDBStreamsClient;
  readonly streamArn: string;
  readonly shardId: string;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** The engine's sequence number to continue after; wins over the starting position. */
  readonly afterSequenceNumber?: string;
}

/** The shard that takes new records; the engines keep a table's stream in one. */
export const openShard = async (client: DynamoDBStreamsClient, streamArn: string): Promise<string> => {
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  const shardId = StreamDescription?.Shards?.at(-1)?.ShardId;
  if (shardId === undefined) throw new Error(`The stream ${streamArn} has no shard`);
  return shardId;
};

/** Reads a shard from where it was left; after a failed read it asks for a new iterator and misses nothing. */
export const streamReader = (options: StreamReaderOptions): StreamReader => {
  const { client, streamArn, shardId } = options;
  let after = options.afterSequenceNumber;
  let iterator: string | undefined;

  const newIterator = async (): Promise<string | undefined> => {
    const reply = await client.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: after === undefined ? options.startingPosition : 'AFTER_SEQUENCE_NUMBER',
        SequenceNumber: after,
      }),
    );
    return reply.ShardIterator;
  };

  return {
    async read() {
      const current = iterator ?? (await newIterator());
      iterator = undefined;
      const reply = await client.send(new GetRecordsCommand({ ShardIterator: current, Limit: RECORDS_MAX }));
      iterator = reply.NextShardIterator;
      const records = reply.Records ?? [];
      after = records.at(-1)?.dynamodb?.SequenceNumber ?? after;
      return records;
    },
  };
};
