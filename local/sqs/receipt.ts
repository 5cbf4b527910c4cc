import { SqsError } from './errors.ts';

/** What a receipt handle stands for: one receive of one message from one queue. */
interface Receipt {
  readonly messageId: string;
  readonly receipt: string;
}

/** The opaque handle a receiver gets. It survives a restart, as it names nothing but saved facts. */
export const encodeReceipt = (queueName: string, { messageId, receipt }: Receipt): string =>
  Buffer.from(`${queueName}/${messageId}/${receipt}`).toString('base64url');

/** Reads a handle back; throws `ReceiptHandleIsInvalid` for one that `queueName` never gave out. */
export const decodeReceipt = (queueName: string, handle: string): Receipt => {
  const [name, messageId, receipt] = Buffer.from(handle, 'base64url').toString().split('/');
  if (name !== queueName || !messageId || !receipt)
    throw new SqsError(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${handle}" is not a valid receipt handle.`,
    );
  return { messageId, receipt };
};
