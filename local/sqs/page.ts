import { type Input, optionalText, wholeNumber } from './fields.ts';

const PAGE_MAX = 1000;

/** The page of sorted `names` that a request asks for; `next` holds the token of the following page, if there is one. */
export const page = (
  names: readonly string[],
  input: Input,
): { readonly items: readonly string[]; readonly next: { readonly NextToken?: string } } => {
  const max = wholeNumber(input, 'MaxResults', 1, PAGE_MAX);
  const token = optionalText(input, 'NextToken');
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString();
  const rest = names.filter((name) => name > after);
  const items = rest.slice(0, max ?? PAGE_MAX);
  const last = items.at(-1);
  // Without MaxResults SQS gives the first thousand and no token.
  if (max === undefined || last === undefined || rest.length === items.length) return { items, next: {} };
  return { items, next: { NextToken: Buffer.from(last).toString('base64url') } };
};
