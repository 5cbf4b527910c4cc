import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../harness/until.ts';
import { KEY } from '../kms/kms-setup.ts';
import { type WiredServices, wiredServices } from './wired.ts';

let services: WiredServices;
beforeAll(async () => {
  services = await wiredServices();
});
afterAll(() => services.close());

const keyOf = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
const put = (pk: string) =>
  services.dynamodb.send(new PutItemCommand({ TableName: 'events', Item: keyOf(pk) }));
const isThere = async (pk: string): Promise<boolean> => {
  const { Item } = await services.direct.send(new GetItemCommand({ TableName: 'events', Key: keyOf(pk) }));
  return Item !== undefined;
};
const nameOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: Error) => error.name,
  );
const send = (body: string) =>
  services.sqs.send(new SendMessageCommand({ QueueUrl: services.queueUrl, MessageBody: body }));
const dataKey = () => services.kms.send(new GenerateDataKeyCommand({ KeyId: KEY, KeySpec: 'AES_256' }));

describe('a call without a fault', () => {
  it('arrives and is answered, whichever service it is for', async () => {
    await put('plain');
    await send('plain');
    expect(await isThere('plain')).toBe(true);
    expect(services.queue.peek().map(({ body }) => body)).toContain('plain');
    expect((await dataKey()).Plaintext).toHaveLength(32);
  });

  it('is known by its service, operation, resource, function and environment', async () => {
    await put('known');
    await send('known');
    expect(services.calls.slice(-2)).toMatchObject([
      { service: 'dynamodb', operation: 'PutItem', resource: 'events', ...services.worker },
      { service: 'sqs', operation: 'SendMessage', resource: 'lane', ...services.worker },
    ]);
  });
});

describe('a worker that is killed', () => {
  it.each([
    ['before', false],
    ['during', true],
  ] as const)('%s a call gets no answer, and that the call took effect is %s', async (when, tookEffect) => {
    services.strikeNext({ kind: 'kill', when });
    expect(await nameOf(put(`kill-${when}`))).not.toBe('answered');
    expect(services.killed.pop()).toMatchObject(services.worker);
    expect(await isThere(`kill-${when}`)).toBe(tookEffect);
  });

  it('after a call has had its answer', async () => {
    services.strikeNext({ kind: 'kill', when: 'after' });
    expect(await nameOf(put('kill-after'))).toBe('answered');
    await until('it is killed', () => services.killed.length > 0);
    expect(services.killed.pop()).toMatchObject(services.worker);
    expect(await isThere('kill-after')).toBe(true);
  });
});

describe('a connection', () => {
  it('that is cut carries nothing there', async () => {
    services.strikeNext({ kind: 'cut' });
    expect(await nameOf(put('cut'))).not.toBe('answered');
    expect(await isThere('cut')).toBe(false);
  });

  it('that loses the answer has carried the call', async () => {
    services.strikeNext({ kind: 'lose_answer' });
    expect(await nameOf(put('lost'))).not.toBe('answered');
    expect(await isThere('lost')).toBe(true);
  });

  it('that is slow carries both', async () => {
    services.strikeNext({ kind: 'delay', ms: 5 });
    expect(await nameOf(put('slow'))).toBe('answered');
    expect(await isThere('slow')).toBe(true);
  });
});

describe('a service that throttles', () => {
  it('refuses in its own words, which the SDK knows, and does nothing', async () => {
    services.strikeNext({ kind: 'throttle' });
    expect(await nameOf(put('throttled'))).toBe('ThrottlingException');
    expect(await isThere('throttled')).toBe(false);
    services.strikeNext({ kind: 'throttle' });
    expect(await nameOf(dataKey())).toBe('ThrottlingException');
    services.strikeNext({ kind: 'throttle' });
    expect(await nameOf(send('throttled'))).toBe('RequestThrottled');
    expect(services.queue.peek().map(({ body }) => body)).not.toContain('throttled');
  });
});

describe('a transaction that conflicts', () => {
  it('is cancelled with a reason for each item, and writes none', async () => {
    services.strikeNext({ kind: 'conflict' });
    const puts = ['one', 'two'].map((pk) => ({
      Put: { TableName: 'events', Item: keyOf(`conflict-${pk}`) },
    }));
    const error = await services.dynamodb
      .send(new TransactWriteItemsCommand({ TransactItems: puts }))
      .catch((thrown) => thrown);
    expect(error.name).toBe('TransactionCanceledException');
    expect(error.CancellationReasons.map(({ Code }: { Code: string }) => Code)).toEqual([
      'TransactionConflict',
      'None',
    ]);
    expect(await isThere('conflict-two')).toBe(false);
  });
});

describe('a batch that fails in part', () => {
  const fails = (entry: string) => entry.includes('bad');

  it('hands back the sends that failed, and has done the others', async () => {
    const Entries = ['good-send', 'bad-send'].map((MessageBody, index) => ({
      Id: String(index),
      MessageBody,
    }));
    services.strikeNext({ kind: 'partial', fails });
    const { Successful, Failed } = await services.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: services.queueUrl, Entries }),
    );
    expect(Successful?.map(({ Id }) => Id)).toEqual(['0']);
    expect(Failed).toMatchObject([{ Id: '1', SenderFault: false }]);
    const bodies = services.queue.peek().map(({ body }) => body);
    expect(bodies).toContain('good-send');
    expect(bodies).not.toContain('bad-send');
  });

  it('answers when every entry failed', async () => {
    services.strikeNext({ kind: 'partial', fails: () => true });
    const Entries = [{ Id: 'only', MessageBody: 'bad-only' }];
    const answer = await services.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: services.queueUrl, Entries }),
    );
    expect(answer.Successful).toEqual([]);
    expect(answer.Failed).toHaveLength(1);
  });

  it('leaves writes unprocessed, and reads too', async () => {
    const writes = ['good-item', 'bad-item'].map((pk) => ({ PutRequest: { Item: keyOf(pk) } }));
    services.strikeNext({ kind: 'partial', fails });
    const written = await services.dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { events: writes } }),
    );
    expect(written.UnprocessedItems?.['events']).toEqual([writes[1]]);
    expect([await isThere('good-item'), await isThere('bad-item')]).toEqual([true, false]);

    const Keys = [keyOf('good-item'), keyOf('bad-item')];
    services.strikeNext({ kind: 'partial', fails });
    const read = await services.dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { events: { Keys } } }),
    );
    expect(read.Responses?.['events']).toEqual([Keys[0]]);
    expect(read.UnprocessedKeys?.['events']?.Keys).toEqual([Keys[1]]);
  });
});

describe('a message that is postponed', () => {
  it('comes so many seconds later than it was to come', async () => {
    services.strikeNext({ kind: 'postpone', seconds: 30 });
    const before = services.queue.depth().delayed;
    await send('postponed');
    expect(services.queue.depth().delayed).toBe(before + 1);
    await services.clock.advance(29_000);
    expect(services.queue.depth().delayed).toBe(before + 1);
    await services.clock.advance(1_000);
    expect(services.queue.depth().delayed).toBe(before);
  });
});

describe('a destination behind the wire', () => {
  it('is called with the same bytes and headers, and can be struck like any service', async () => {
    const got: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        got.push(`${request.headers['webhook-id']} ${body}`);
        response.writeHead(204).end();
      });
    }).listen(0, '127.0.0.1');
    await until('it listens', () => server.listening);
    const url = services.wire.destination(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`);
    const post = () => fetch(url, { method: 'POST', headers: { 'webhook-id': 'evt_1' }, body: 'päyload' });
    expect((await post()).status).toBe(204);
    services.strikeNext({ kind: 'throttle' });
    expect((await post()).status).toBe(429);
    expect(got).toEqual(['evt_1 päyload']);
    server.close();
  });
});

describe('a fault that means nothing where it strikes', () => {
  it('is a mistake that is told, and not passed over', async () => {
    services.strikeNext({ kind: 'postpone', seconds: 1 });
    expect(await nameOf(put('meaningless'))).not.toBe('answered');
    expect(String(services.errors.pop())).toContain('"postpone" cannot strike PutItem of dynamodb');
  });
});
