import type { Call } from './call.ts';

type Json = Readonly<Record<string, unknown>>;

/** A batch request without the entries that fail, and what makes the answer to it one to the whole request. */
export interface PartialBatch {
  /** Absent when every entry fails, so that there is nothing left to ask. */
  readonly request?: string;
  readonly merge: (answer: string) => string;
}

type Fails = (entry: string) => boolean;

const entriesOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);

const split = (entries: readonly Json[], fails: Fails) => {
  const failed = entries.filter((entry) => fails(JSON.stringify(entry)));
  return { failed, kept: entries.filter((entry) => !failed.includes(entry)) };
};

const adding = (member: string, extra: unknown) => (answer: string) =>
  JSON.stringify({ ...(JSON.parse(answer || '{}') as Json), [member]: extra });

const whole = (request: Json, isEmpty: boolean, merge: PartialBatch['merge']): PartialBatch =>
  isEmpty ? { merge } : { request: JSON.stringify(request), merge };

const sends = (request: Json, fails: Fails): PartialBatch => {
  const { failed, kept } = split(entriesOf(request['Entries']), fails);
  const Failed = failed.map(({ Id }) => ({
    Id,
    SenderFault: false,
    Code: 'InternalError',
    Message: 'Try again.',
  }));
  return whole({ ...request, Entries: kept }, kept.length === 0, (answer) => {
    const { Successful = [], Failed: own = [] } = JSON.parse(answer || '{}') as Record<string, unknown[]>;
    return JSON.stringify({ Successful, Failed: [...own, ...Failed] });
  });
};

/** Reads have their keys one level deeper than writes. */
const keysIn = (
  ofTable: unknown,
): { entries: readonly Json[]; with: (entries: readonly Json[]) => unknown } =>
  Array.isArray(ofTable)
    ? { entries: ofTable, with: (entries) => entries }
    : {
        entries: entriesOf((ofTable as Json)['Keys']),
        with: (entries) => ({ ...(ofTable as Json), Keys: entries }),
      };

const items = (request: Json, fails: Fails, unprocessed: string): PartialBatch => {
  const asked: Record<string, unknown> = {};
  const left: Record<string, unknown> = {};
  for (const [table, ofTable] of Object.entries(Object(request['RequestItems']))) {
    const of = keysIn(ofTable);
    const { failed, kept } = split(of.entries, fails);
    if (kept.length > 0) asked[table] = of.with(kept);
    if (failed.length > 0) left[table] = of.with(failed);
  }
  const isEmpty = Object.keys(asked).length === 0;
  return whole({ ...request, RequestItems: asked }, isEmpty, adding(unprocessed, left));
};

/** Splits a batch whose picked entries fail; undefined for a call that is no batch. */
export const partialBatch = ({ operation, text }: Call, fails: Fails): PartialBatch | undefined => {
  const request = JSON.parse(text) as Json;
  if (operation === 'SendMessageBatch') return sends(request, fails);
  if (operation === 'BatchGetItem') return items(request, fails, 'UnprocessedKeys');
  if (operation === 'BatchWriteItem') return items(request, fails, 'UnprocessedItems');
  return undefined;
};

const DELAY_SECONDS_MAX = 900;

const later = (message: Json, seconds: number): Json => ({
  ...message,
  DelaySeconds: Math.min(Number(message['DelaySeconds'] ?? 0) + seconds, DELAY_SECONDS_MAX),
});

/** The same sends with messages that come `seconds` later, as late as SQS allows; undefined for other calls. */
export const postponed = ({ operation, text }: Call, seconds: number): string | undefined => {
  const request = JSON.parse(text) as Json;
  if (operation === 'SendMessage') return JSON.stringify(later(request, seconds));
  if (operation !== 'SendMessageBatch') return undefined;
  const Entries = entriesOf(request['Entries']).map((entry) => later(entry, seconds));
  return JSON.stringify({ ...request, Entries });
};
