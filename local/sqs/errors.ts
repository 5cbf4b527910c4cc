import type { Refusal } from '../refusal.ts';

interface WireCode {
  readonly query: string;
  readonly status: number;
}

const legacy = (name: string, status = 400): WireCode => ({
  query: `AWS.SimpleQueueService.${name}`,
  status,
});

// Errors whose older query-protocol code or status differs from their name and from 400.
const WIRE_CODES: Readonly<Record<string, WireCode>> = {
  AccessDenied: { query: 'AccessDenied', status: 403 },
  BatchEntryIdsNotDistinct: legacy('BatchEntryIdsNotDistinct'),
  BatchRequestTooLong: legacy('BatchRequestTooLong'),
  EmptyBatchRequest: legacy('EmptyBatchRequest'),
  ExpiredTokenException: { query: 'ExpiredToken', status: 403 },
  InvalidBatchEntryId: legacy('InvalidBatchEntryId'),
  MessageNotInflight: legacy('MessageNotInflight'),
  OverLimit: { query: 'OverLimit', status: 403 },
  PurgeQueueInProgress: legacy('PurgeQueueInProgress', 403),
  QueueDoesNotExist: legacy('NonExistentQueue'),
  QueueNameExists: { query: 'QueueAlreadyExists', status: 400 },
  ReceiptHandleIsInvalid: { query: 'ReceiptHandleIsInvalid', status: 404 },
  ResourceNotFoundException: { query: 'ResourceNotFoundException', status: 404 },
  TooManyEntriesInBatchRequest: legacy('TooManyEntriesInBatchRequest'),
  // From memory, as AWS documents this one under the name of its JSON services.
  UnrecognizedClientException: { query: 'InvalidClientTokenId', status: 403 },
  UnsupportedOperation: legacy('UnsupportedOperation'),
};

/** A refusal that SQS itself would send. `code` is the modelled error name, `queryCode` its code in the query protocol. */
export class SqsError extends Error {
  readonly code: string;
  readonly queryCode: string;
  readonly status: number;

  constructor(code: string, message: string) {
    super(message);
    const wire = WIRE_CODES[code] ?? { query: code, status: 400 };
    this.name = code;
    this.code = code;
    this.queryCode = wire.query;
    this.status = wire.status;
  }
}

/** The refusal of a caller. */
export const refused = ({ code, message }: Refusal): SqsError =>
  new SqsError(code === 'AccessDenied' ? code : `${code}Exception`, message);

/** The refusal of a value: `Value v for parameter p is invalid. Reason: r`. */
export const invalidValue = (parameter: string, value: unknown, reason: string): SqsError =>
  new SqsError(
    'InvalidParameterValue',
    `Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`,
  );

/** The refusal of a request that names a queue nobody created. */
export const noSuchQueue = (): SqsError =>
  new SqsError('QueueDoesNotExist', 'The specified queue does not exist.');
