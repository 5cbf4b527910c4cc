import { SqsError } from './errors.ts';
import { type Input, optionalText, recordList } from './fields.ts';

const ENTRIES_MAX = 10;
const ENTRY_ID = /^[\w-]{1,80}$/;

interface BatchReply {
  readonly Successful: readonly Input[];
  readonly Failed: readonly Input[];
}

const entryId = (entry: Input): string => {
  const id = optionalText(entry, 'Id') ?? '';
  if (!ENTRY_ID.test(id))
    throw new SqsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  return id;
};

/** The entries of a batch request; throws the `SqsError` that refuses the request as a whole. */
export const batchEntries = (input: Input): readonly Input[] => {
  const entries = recordList(input, 'Entries');
  if (entries.length === 0)
    throw new SqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > ENTRIES_MAX)
    throw new SqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${ENTRIES_MAX}. You have sent ${entries.length}.`,
    );
  const ids = entries.map(entryId);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new SqsError('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`);
  return entries;
};

/** Runs `run` on each entry. A refused entry is in `Failed` and holds back no other; bugs still throw. */
export const eachEntry = (entries: readonly Input[], run: (entry: Input) => Input): BatchReply => {
  const Successful: Input[] = [];
  const Failed: Input[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry['Id'], ...run(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      Failed.push({ Id: entry['Id'], SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
};
