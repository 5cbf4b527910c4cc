import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { DELAY_SECONDS_MAX, makeSend } from '#functions/platform/queue/send.ts';
import type { ReceivedMessage } from '#local/sqs/message.ts';
import type { Queue } from '#local/sqs/server.ts';
import { clientOf, startedSqs, takeNow } from '../../local/sqs/sqs-fixture.ts';

const messages = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ body: `body ${index}`, groupId: `tenant-${index % 2}` }));

const takeAll = async (queue: Queue): Promise<ReceivedMessage[]> => {
  const batch = await takeNow(queue);
  return batch.length === 0 ? [] : [...batch, ...(await takeAll(queue))];
};

/** A client whose batches the test answers; the ids of each batch are passed on. */
const answering = (answer: (ids: string[]) => unknown) => {
  const client = clientOf('http://127.0.0.1:1');
  mockClient(client)
    .on(SendMessageBatchCommand)
    .callsFake(({ Entries }: { Entries: { Id: string }[] }) => answer(Entries.map(({ Id }) => Id)));
  return makeSend(client);
};

describe('send', () => {
  it('sends every message once, in batches of ten', async () => {
    const { server, client, calls } = await startedSqs();
    const queue = server.ensureQueue('lane', {});
    expect(await makeSend(client)(server.url('lane'), messages(23))).toEqual(new Set());
    const batches = calls.filter(({ operation }) => operation === 'SendMessageBatch');
    expect(batches).toHaveLength(3);
    const taken = (await takeAll(queue)).map(({ content }) => content);
    expect(taken.map(({ body, groupId }) => ({ body, groupId })).sort(byNumber)).toEqual(messages(23));
  });

  it('holds a message back for as long as it says', async () => {
    const { server, client, clock } = await startedSqs();
    const queue = server.ensureQueue('lane', {});
    const late = { body: 'late', groupId: 'tenant', delaySeconds: DELAY_SECONDS_MAX };
    expect(await makeSend(client)(server.url('lane'), [late])).toEqual(new Set());
    await clock.advance(DELAY_SECONDS_MAX * 1000 - 1);
    expect(await takeNow(queue)).toEqual([]);
    await clock.advance(1);
    expect(await takeNow(queue)).toHaveLength(1);
  });

  it('asks for nothing when there is nothing to send', async () => {
    const { server, client, calls } = await startedSqs();
    server.ensureQueue('lane', {});
    expect(await makeSend(client)(server.url('lane'), [])).toEqual(new Set());
    expect(calls).toEqual([]);
  });

  it('names those that the queue refuses, and the others are sent', async () => {
    const { server, client } = await startedSqs();
    const queue = server.ensureQueue('lane', {});
    const tooLate = { body: 'bad', groupId: 'tenant', delaySeconds: DELAY_SECONDS_MAX + 1 };
    const mixed = [...messages(11), tooLate, ...messages(2)];
    expect(await makeSend(client)(server.url('lane'), mixed)).toEqual(new Set([11]));
    expect(await takeAll(queue)).toHaveLength(13);
  });

  it('names by index what a batch under HTTP 200 says has failed', async () => {
    const send = answering((ids) => ({
      Failed: ids.filter((id) => Number(id) % 7 === 3).map((Id) => ({ Id, Code: 'InternalError' })),
    }));
    expect(await send('https://sqs/lane', messages(25))).toEqual(new Set([3, 10, 17, 24]));
  });

  it('names every message of a batch whose request is rejected, and no other', async () => {
    const send = answering((ids) =>
      ids.includes('10') ? Promise.reject(new Error('connection reset')) : { Successful: [] },
    );
    const second = Array.from({ length: 10 }, (_, index) => 10 + index);
    expect(await send('https://sqs/lane', messages(25))).toEqual(new Set(second));
  });

  it('names every message when the queue is not there', async () => {
    const { server, client } = await startedSqs();
    expect(await makeSend(client)(server.url('nowhere'), messages(2))).toEqual(new Set([0, 1]));
  });
});

const byNumber = (a: { body: string }, b: { body: string }) =>
  a.body.localeCompare(b.body, 'en', { numeric: true });
