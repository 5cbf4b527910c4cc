import type { Call } from './call.ts';

/** An answer in place of the service's own. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const json = (status: number, type: string, message: string, more: object = {}): Refusal => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify({ __type: type, message, ...more }),
});

const DYNAMODB = 'com.amazonaws.dynamodb.v20120810';

/** How the service refuses a call for its rate; undefined where there is no such answer. The texts are from memory. */
export const throttling = ({ service }: Call): Refusal | undefined => {
  switch (service) {
    case 'dynamodb':
      return json(
        400,
        `${DYNAMODB}#ThrottlingException`,
        'Throughput exceeds the current capacity of your table or index.',
      );
    case 'kms':
      return json(400, 'ThrottlingException', 'Rate exceeded');
    case 'sqs':
      return json(403, 'com.amazonaws.sqs#RequestThrottled', 'Request is throttled.');
    case 'destination':
      return { status: 429, headers: { 'retry-after': '1' }, body: '' };
    default:
      return undefined;
  }
};

/** How DynamoDB cancels a transaction whose items another one is writing; undefined for what is no transaction. */
export const conflict = ({ service, operation, text }: Call): Refusal | undefined => {
  if (service !== 'dynamodb' || !operation.startsWith('Transact')) return undefined;
  const { TransactItems = [] } = JSON.parse(text) as { readonly TransactItems?: readonly unknown[] };
  const reasons = TransactItems.map((_, index) => ({ Code: index === 0 ? 'TransactionConflict' : 'None' }));
  const codes = reasons.map(({ Code }) => Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return json(400, `${DYNAMODB}#TransactionCanceledException`, message, { CancellationReasons: reasons });
};
