import * as z from 'zod';

// What a lane carries, as far as these checks need it.
const Pointer = z.object({
  tenant_id: z.string(),
  delivery_id: z.string(),
  quarantine_id: z.string().optional(),
});

export interface StoredMessage {
  /** Logical id of the queue. */
  readonly queue: string;
  readonly messageId: string;
  /** Undefined when the body is no pointer. */
  readonly pointer: z.infer<typeof Pointer> | undefined;
}

export const toStoredMessage = (queue: string, messageId: string, body: string): StoredMessage => {
  try {
    return { queue, messageId, pointer: Pointer.safeParse(JSON.parse(body)).data };
  } catch {
    return { queue, messageId, pointer: undefined };
  }
};

/** The delivery that a message points to, across tenants. */
export const targetKey = ({ pointer }: StoredMessage): string =>
  `${pointer?.tenant_id} ${pointer?.delivery_id}`;

export const messageIds = ({
  queue,
  messageId,
  pointer,
}: StoredMessage): Readonly<Record<string, string>> => ({
  queue,
  message_id: messageId,
  ...pointer,
});
