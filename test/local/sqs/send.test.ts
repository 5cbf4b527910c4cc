import { createHash } from 'node:crypto';
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodies, failureOf, startedSqs, takeNow } from './sqs-fixture.ts';

const MIB = 1_048_576;
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

const lane = async (attributes: Record<string, string> = {}) => {
  const sqs = await startedSqs();
  const queue = sqs.server.ensureQueue('lane', attributes);
  const QueueUrl = sqs.server.url('lane');
  return {
    ...sqs,
    queue,
    send: (input: Partial<SendMessageCommandInput>) =>
      sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello', ...input })),
    sendBatch: (Entries: SendMessageBatchRequestEntry[]) =>
      sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
    receive: (names: { system?: 'All'[]; named?: string[] }) =>
      sqs.client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          VisibilityTimeout: 0,
          ...(names.system ? { MessageSystemAttributeNames: names.system } : {}),
          ...(names.named ? { MessageAttributeNames: names.named } : {}),
        }),
      ),
  };
};

const attribute = (StringValue: string, DataType = 'String') => ({ DataType, StringValue });

describe('SendMessage', () => {
  it('replies the id and the digest of what a receiver then gets', async () => {
    const { send, receive } = await lane();
    const sent = await send({ MessageBody: 'grüß dich' });
    const [received] = (await receive({})).Messages ?? [];
    expect(sent.MD5OfMessageBody).toBe(md5('grüß dich'));
    expect(received).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'grüß dich',
      MD5OfBody: sent.MD5OfMessageBody,
    });
  });

  it('keeps group, trace header and attributes, and gives attributes only to who asks for them', async () => {
    const { send, receive } = await lane();
    const binary = { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) };
    const MessageAttributes = {
      'trace.id': attribute('t'),
      'trace.span': attribute('s'),
      n: attribute('4', 'Number.int'),
      binary,
    };
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793';
    await send({
      MessageGroupId: 'tenant-1',
      MessageAttributes,
      MessageSystemAttributes: { AWSTraceHeader: attribute(trace) },
    });
    const bare = (await receive({})).Messages?.[0];
    expect([bare?.Attributes, bare?.MessageAttributes]).toEqual([undefined, undefined]);
    const prefixed = (await receive({ named: ['trace.*'] })).Messages?.[0];
    expect(Object.keys(prefixed?.MessageAttributes ?? {})).toEqual(['trace.id', 'trace.span']);
    const full = (await receive({ system: ['All'], named: ['All'] })).Messages?.[0];
    expect(full?.Attributes).toMatchObject({
      MessageGroupId: 'tenant-1',
      AWSTraceHeader: trace,
      ApproximateReceiveCount: '3',
    });
    expect(full?.MessageAttributes).toEqual(MessageAttributes);
  });

  it('digests attributes by the documented algorithm', async () => {
    const { send } = await lane();
    const reply = await send({ MessageAttributes: { b: attribute('2', 'Number'), a: attribute('x') } });
    const field = (text: string) =>
      Buffer.concat([Buffer.from([0, 0, 0, Buffer.byteLength(text)]), Buffer.from(text)]);
    const one = (name: string, type: string, value: string) =>
      Buffer.concat([field(name), field(type), Buffer.from([1]), field(value)]);
    const expected = createHash('md5')
      .update(one('a', 'String', 'x'))
      .update(one('b', 'Number', '2'))
      .digest('hex');
    expect(reply.MD5OfMessageAttributes).toBe(expected);
  });

  it('accepts any text of allowed characters, astral planes included, and gives it back unchanged', async () => {
    const { queue } = await lane();
    const allowed = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((text) => /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]+$/u.test(text));
    await fc.assert(
      fc.asyncProperty(fc.oneof(allowed, fc.constant('😀')), async (body) => {
        await queue.send({ body });
        const batch = await takeNow(queue);
        expect(bodies(batch)).toEqual([body]);
        await queue.removeBatch(batch.map(({ receiptHandle }) => receiptHandle));
      }),
    );
  });

  it.each(['\u0001', '\u000b', '\ufffe', '\ud83d', '\ude00', 'a\ud83db'])(
    'refuses the forbidden character of %j',
    async (body) => {
      const { send } = await lane();
      expect(await failureOf(send({ MessageBody: body }))).toBe('InvalidMessageContents');
    },
  );

  it('takes a message of exactly 1 MiB, attributes counted, and no byte more', async () => {
    const { send, queue } = await lane();
    const MessageAttributes = { k: attribute('v') };
    const body = 'x'.repeat(MIB - 'k'.length - 'String'.length - 'v'.length);
    await send({ MessageBody: body, MessageAttributes });
    expect(await failureOf(send({ MessageBody: `${body}x`, MessageAttributes }))).toBe(
      'InvalidParameterValue',
    );
    expect(queue.depth().visible).toBe(1);
  });

  it.each([
    ['an empty body', { MessageBody: '' }, 'MissingParameter'],
    ['a delay over 900 seconds', { DelaySeconds: 901 }, 'InvalidParameterValue'],
    ['a negative delay', { DelaySeconds: -1 }, 'InvalidParameterValue'],
    ['a group id of 129 characters', { MessageGroupId: 'g'.repeat(129) }, 'InvalidParameterValue'],
    ['a group id with a space', { MessageGroupId: 'a b' }, 'InvalidParameterValue'],
    ['an empty attribute', { MessageAttributes: { a: attribute('') } }, 'InvalidParameterValue'],
    [
      'an unknown attribute type',
      { MessageAttributes: { a: attribute('1', 'Float') } },
      'InvalidParameterValue',
    ],
    [
      'a number that is none',
      { MessageAttributes: { a: attribute('one', 'Number') } },
      'InvalidParameterValue',
    ],
    [
      'a reserved attribute name',
      { MessageAttributes: { 'AWS.a': attribute('1') } },
      'InvalidParameterValue',
    ],
    [
      'eleven attributes',
      {
        MessageAttributes: Object.fromEntries(
          Array.from({ length: 11 }, (_, i) => [`a${i}`, attribute('1')]),
        ),
      },
      'InvalidParameterValue',
    ],
  ])('refuses %s', async (_, input, name) => {
    const { send, queue } = await lane();
    expect(await failureOf(send(input))).toBe(name);
    expect(queue.depth().visible).toBe(0);
  });
});

describe('SendMessageBatch', () => {
  it('takes the good entries and names the bad ones', async () => {
    const { sendBatch, queue } = await lane({ MaximumMessageSize: '1024' });
    const reply = await sendBatch([
      { Id: 'good', MessageBody: 'ok', MessageGroupId: 'g' },
      { Id: 'bad', MessageBody: 'no\u0001' },
      { Id: 'late', MessageBody: 'ok', DelaySeconds: 901 },
      { Id: 'long', MessageBody: 'x'.repeat(1025) },
      {
        Id: 'typeless',
        MessageBody: 'ok',
        MessageAttributes: { a: { DataType: undefined, StringValue: 'x' } },
      },
    ]);
    expect(reply.Successful?.map(({ Id }) => Id)).toEqual(['good']);
    expect(reply.Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault])).toEqual([
      ['bad', 'InvalidMessageContents', true],
      ['late', 'InvalidParameterValue', true],
      ['long', 'InvalidParameterValue', true],
      ['typeless', 'InvalidParameterValue', true],
    ]);
    expect((await takeNow(queue)).map(({ content }) => content.groupId)).toEqual(['g']);
  });

  const entries = (count: number, entry: (i: number) => Partial<SendMessageBatchRequestEntry> = () => ({})) =>
    Array.from({ length: count }, (_, i) => ({ Id: `i${i}`, MessageBody: 'b', ...entry(i) }));

  it.each([
    ['no entries', entries(0), 'EmptyBatchRequest'],
    ['eleven entries', entries(11), 'TooManyEntriesInBatchRequest'],
    ['a repeated id', entries(2, () => ({ Id: 'same' })), 'BatchEntryIdsNotDistinct'],
    ['a bad id', entries(1, () => ({ Id: 'a b' })), 'InvalidBatchEntryId'],
    [
      'over 1 MiB in total',
      entries(2, () => ({ MessageBody: 'x'.repeat(MIB / 2 + 1) })),
      'BatchRequestTooLong',
    ],
  ])('refuses as a whole a batch with %s', async (_, batch, name) => {
    const { sendBatch, queue } = await lane();
    expect(await failureOf(sendBatch(batch))).toBe(name);
    expect(queue.depth().visible).toBe(0);
  });

  it('takes ten entries of 1 MiB in total', async () => {
    const { sendBatch, queue } = await lane();
    const size = Math.floor(MIB / 10);
    await sendBatch(entries(10, () => ({ MessageBody: 'x'.repeat(size) })));
    expect(queue.depth().visible).toBe(10);
  });
});
