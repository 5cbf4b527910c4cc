/** A message attribute as the SQS wire has it; binary values are base64 text there and bytes in the SDK. */
export interface WireMessageAttribute {
  readonly DataType?: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string | Uint8Array;
}

export interface WireMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, WireMessageAttribute>>;
  readonly MD5OfBody: string;
  readonly MD5OfMessageAttributes?: string;
}

/** What an event source mapping needs of a queue. */
export interface QueuePort {
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  /** Up to `max` (1 to 10) messages with all their attributes; none when `waitMs` passed or the signal aborted. */
  readonly receive: (options: {
    max: number;
    waitMs: number;
    signal?: AbortSignal;
  }) => Promise<WireMessage[]>;
  readonly removeBatch: (receiptHandles: readonly string[]) => void | Promise<void>;
}
