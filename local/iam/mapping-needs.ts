import type { Need } from './request-context.ts';

interface MappingProperties {
  readonly EventSourceArn: string;
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
}

const on = (resource: string, actions: readonly string[]): Need[] =>
  actions.map((action) => ({ action, resource }));

const sourceNeeds = (arn: string): Need[] =>
  arn.includes(':sqs:')
    ? on(arn, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'])
    : [
        ...on(arn, ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator']),
        ...on('*', ['dynamodb:ListStreams']),
      ];

const failureNeeds = (destination: string | undefined): Need[] => {
  if (destination === undefined) return [];
  if (!destination.startsWith('arn:aws:s3:::'))
    throw new Error(`The on-failure destination ${destination} is not supported: it is no bucket`);
  return [...on(`${destination}/aws/lambda/batch`, ['s3:PutObject']), ...on(destination, ['s3:ListBucket'])];
};

/** What an event source mapping does in its function's name, and so what AWS asks of the role before it makes one. */
export const mappingNeeds = ({ EventSourceArn, DestinationConfig }: MappingProperties): readonly Need[] => [
  ...sourceNeeds(EventSourceArn),
  ...failureNeeds(DestinationConfig?.OnFailure?.Destination),
];
