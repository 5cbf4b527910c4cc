import { describe, expect, it } from 'vitest';
import { dynamoDbNeeds } from '../../../local/iam/dynamodb-needs.ts';
import { kmsNeeds } from '../../../local/iam/kms-needs.ts';
import { mappingNeeds } from '../../../local/iam/mapping-needs.ts';
import type { Need } from '../../../local/iam/request-context.ts';
import { sqsNeeds } from '../../../local/iam/sqs-needs.ts';
import { tableNames } from '../../../local/iam/table-names.ts';
import { KEY_ARN, QUEUE_ARN, TABLE_ARN } from './iam-setup.ts';

const names = tableNames(
  new Map([
    [
      'Events',
      {
        logicalId: 'Events',
        type: 'AWS::DynamoDB::Table',
        physicalName: 'events',
        properties: {
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          GlobalSecondaryIndexes: [
            { IndexName: 'by-owner', KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }] },
          ],
        },
      },
    ],
  ]),
  TABLE_ARN.replace('events', ''),
);

const TableName = 'events';
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });

const summary = (needs: readonly Need[]) =>
  needs.map(({ action, resource, context }) => [
    action,
    resource,
    context?.get('dynamodb:LeadingKeys'),
    context?.get('dynamodb:Attributes')?.toSorted(),
  ]);

const needed = (operation: string, request: object) =>
  summary(dynamoDbNeeds(operation, { TableName, ...request }, names));

describe('what a DynamoDB call needs', () => {
  it.each(['GetItem', 'DeleteItem', 'UpdateItem'])('is its action on the table, by key: %s', (operation) => {
    const attributes = ['pk', 'sk'];
    expect(needed(operation, { Key: key('a') })).toEqual([
      [`dynamodb:${operation}`, TABLE_ARN, ['a'], attributes],
    ]);
    expect(needed(operation, { TableName: TABLE_ARN, Key: key('a') })).toEqual([
      [`dynamodb:${operation}`, TABLE_ARN, ['a'], attributes],
    ]);
  });

  it('counts every attribute that the request names, and no value, function or keyword', () => {
    const [put] = needed('PutItem', {
      Item: { ...key('a'), n: { N: '1' } },
      ConditionExpression: 'attribute_not_exists(pk) OR (#s = :state AND size(tags) < :n)',
      ExpressionAttributeNames: { '#s': 'state' },
    });
    expect(put).toEqual(['dynamodb:PutItem', TABLE_ARN, ['a'], ['n', 'pk', 'sk', 'state', 'tags']]);
    const [update] = needed('UpdateItem', {
      Key: key('a'),
      UpdateExpression: 'SET a.b[0].c = :c REMOVE d ADD #e :one',
      ExpressionAttributeNames: { '#e': 'e' },
    });
    expect(update?.[3]).toEqual(['a', 'd', 'e', 'pk', 'sk']);
    expect(needed('Scan', { ProjectionExpression: 'a, b.c', AttributesToGet: ['d'] })[0]?.[3]).toEqual([
      'a',
      'b',
      'd',
    ]);
  });

  it('of a query has the leading key of the table or of the index that it names', () => {
    const ExpressionAttributeValues = { ':a': { S: 'a' }, ':b': { S: 'b' } };
    const ofTable = {
      KeyConditionExpression: 'begins_with(sk, :b) AND #p = :a',
      ExpressionAttributeNames: { '#p': 'pk' },
      ExpressionAttributeValues,
    };
    expect(needed('Query', ofTable)).toEqual([['dynamodb:Query', TABLE_ARN, ['a'], ['pk', 'sk']]]);
    const turned = { ...ofTable, KeyConditionExpression: ':a = #p AND begins_with(sk, :b)' };
    expect(needed('Query', turned)).toEqual([['dynamodb:Query', TABLE_ARN, ['a'], ['pk', 'sk']]]);
    const ofIndex = {
      IndexName: 'by-owner',
      KeyConditionExpression: 'owner = :b',
      ExpressionAttributeValues,
    };
    expect(needed('Query', ofIndex)).toEqual([
      ['dynamodb:Query', `${TABLE_ARN}/index/by-owner`, ['b'], ['owner']],
    ]);
    const legacy = { KeyConditions: { pk: { AttributeValueList: [{ S: 'c' }] } } };
    expect(needed('Query', legacy)[0]?.[2]).toEqual(['c']);
  });

  it('of a scan has no leading key', () => {
    expect(needed('Scan', {})).toEqual([['dynamodb:Scan', TABLE_ARN, undefined, undefined]]);
  });

  it('of a batch is its action on each table, with all of its leading keys', () => {
    const other = TABLE_ARN.replace('events', 'others');
    const reads = { events: { Keys: [key('a'), key('b'), key('a')] }, others: { Keys: [key('c')] } };
    expect(summary(dynamoDbNeeds('BatchGetItem', { RequestItems: reads }, names))).toEqual([
      ['dynamodb:BatchGetItem', TABLE_ARN, ['a', 'b'], ['pk', 'sk']],
      ['dynamodb:BatchGetItem', other, undefined, ['pk', 'sk']],
    ]);
    const writes = { events: [{ PutRequest: { Item: key('a') } }, { DeleteRequest: { Key: key('b') } }] };
    expect(summary(dynamoDbNeeds('BatchWriteItem', { RequestItems: writes }, names))).toEqual([
      ['dynamodb:BatchWriteItem', TABLE_ARN, ['a', 'b'], ['pk', 'sk']],
    ]);
  });

  it('of a transaction is the action of each of its parts', () => {
    const TransactItems = [
      { Put: { TableName, Item: key('a') } },
      { Update: { TableName, Key: key('b') } },
      { Delete: { TableName, Key: key('c') } },
      { ConditionCheck: { TableName, Key: key('d') } },
      { Get: { TableName, Key: key('e') } },
    ];
    expect(
      dynamoDbNeeds('TransactWriteItems', { TransactItems }, names).map(({ action, context }) => [
        action,
        context?.get('dynamodb:LeadingKeys'),
      ]),
    ).toEqual([
      ['dynamodb:PutItem', ['a']],
      ['dynamodb:UpdateItem', ['b']],
      ['dynamodb:DeleteItem', ['c']],
      ['dynamodb:ConditionCheckItem', ['d']],
      ['dynamodb:GetItem', ['e']],
    ]);
  });

  it.each([
    ['ExecuteStatement', { Statement: 'SELECT * FROM events' }],
    ['BatchExecuteStatement', { Statements: [{ Statement: 'SELECT * FROM events' }] }],
    ['ExecuteTransaction', { TransactStatements: [{ Statement: 'SELECT * FROM events' }] }],
  ])('that is PartiQL is all that a statement might do, everywhere: %s', (operation, request) => {
    expect(summary(dynamoDbNeeds(operation, request, names)).map(([action, on]) => [action, on])).toEqual(
      ['Delete', 'Insert', 'Select', 'Update'].map((kind) => [`dynamodb:PartiQL${kind}`, '*']),
    );
  });

  it('that names no table is its action on a stream, or on everything', () => {
    const StreamArn = `${TABLE_ARN}/stream/1`;
    expect(dynamoDbNeeds('DescribeStream', { StreamArn }, names)[0]?.resource).toBe(StreamArn);
    expect(dynamoDbNeeds('ListTables', {}, names)).toEqual([
      { action: 'dynamodb:ListTables', resource: '*' },
    ]);
  });
});

describe('what an SQS call needs', () => {
  it.each([
    ['SendMessageBatch', 'sqs:SendMessage'],
    ['DeleteMessageBatch', 'sqs:DeleteMessage'],
    ['ChangeMessageVisibilityBatch', 'sqs:ChangeMessageVisibility'],
    ['ReceiveMessage', 'sqs:ReceiveMessage'],
  ])('for %s is %s', (operation, action) => {
    expect(sqsNeeds(operation, QUEUE_ARN)).toEqual([{ action, resource: QUEUE_ARN }]);
  });

  it('that names no queue is for all of them', () => {
    expect(sqsNeeds('ListQueues', '')).toEqual([{ action: 'sqs:ListQueues', resource: '*' }]);
  });
});

describe('what a KMS call needs', () => {
  const keys = {
    ofReference: (reference: string) => (reference === 'known' ? KEY_ARN : undefined),
    ofCiphertext: (base64: string) => (base64 === 'sealed' ? `${KEY_ARN}-of-ciphertext` : undefined),
  };
  const EncryptionContext = { purpose: 'secrets', tenant: 't' };

  it('carries the encryption context, value by value and as a list of keys', () => {
    const [need] = kmsNeeds('GenerateDataKey', { KeyId: 'known', EncryptionContext }, keys);
    expect([need?.action, need?.resource]).toEqual(['kms:GenerateDataKey', KEY_ARN]);
    expect(Object.fromEntries(need?.context ?? [])).toEqual({
      'kms:EncryptionContext:purpose': ['secrets'],
      'kms:EncryptionContext:tenant': ['t'],
      'kms:EncryptionContextKeys': ['purpose', 'tenant'],
    });
  });

  it('for a ciphertext is on the key that it was made with, whatever key the request names', () => {
    const [need] = kmsNeeds('Decrypt', { KeyId: 'known', CiphertextBlob: 'sealed' }, keys);
    expect([need?.action, need?.resource]).toEqual(['kms:Decrypt', `${KEY_ARN}-of-ciphertext`]);
  });

  it('to re-encrypt is on both keys, each under its context', () => {
    const request = {
      CiphertextBlob: 'sealed',
      SourceEncryptionContext: { a: '1' },
      DestinationKeyId: 'known',
      DestinationEncryptionContext: { b: '2' },
    };
    expect(
      kmsNeeds('ReEncrypt', request, keys).map(({ action, resource, context }) => [
        action,
        resource,
        context?.get('kms:EncryptionContextKeys'),
      ]),
    ).toEqual([
      ['kms:ReEncryptFrom', `${KEY_ARN}-of-ciphertext`, ['a']],
      ['kms:ReEncryptTo', KEY_ARN, ['b']],
    ]);
  });

  it('is left to the service when the request names no key that exists', () => {
    expect(kmsNeeds('Encrypt', { KeyId: 'unknown' }, keys)).toEqual([]);
    expect(kmsNeeds('Decrypt', { CiphertextBlob: 'noise' }, keys)).toEqual([]);
    expect(kmsNeeds('ListAliases', {}, keys).map(({ resource }) => resource)).toEqual(['*']);
  });
});

describe('what an event source mapping needs', () => {
  it('of a queue is to receive and to delete', () => {
    expect(mappingNeeds({ EventSourceArn: QUEUE_ARN }).map(({ action }) => action)).toEqual([
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
    ]);
  });

  it('with a bucket for failures is to write there and to look whether it is there', () => {
    const needs = mappingNeeds({
      EventSourceArn: `${TABLE_ARN}/stream/1`,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
    });
    expect(needs.filter(({ action }) => action.startsWith('s3:'))).toEqual([
      { action: 's3:PutObject', resource: 'arn:aws:s3:::failures/aws/lambda/batch' },
      { action: 's3:ListBucket', resource: 'arn:aws:s3:::failures' },
    ]);
  });

  it('with anything else for failures is not known here', () => {
    const DestinationConfig = { OnFailure: { Destination: QUEUE_ARN } };
    expect(() => mappingNeeds({ EventSourceArn: QUEUE_ARN, DestinationConfig })).toThrow('it is no bucket');
  });
});
