/** The condition keys that a request has, each with its values. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/** One thing that a call needs to be allowed. */
export interface Need {
  /** Such as `dynamodb:GetItem`. */
  readonly action: string;
  /** An ARN, or `*` for an action that knows no resource. */
  readonly resource: string;
  readonly context?: RequestContext;
}

/** How policies compare the names of keys: they have no case, and neither have the tags and encryption contexts in them. */
export const keyName = (key: string): string => key.toLowerCase();

/** One context of several, by `keyName`; where two have the same key, the later one counts. */
export const mergedContext = (...contexts: readonly RequestContext[]): RequestContext =>
  new Map(
    contexts.flatMap((context) => [...context].map(([key, values]) => [keyName(key), values] as const)),
  );

const SINGLE_VALUED = [
  /^kms:EncryptionContext:.+$/i,
  /^aws:PrincipalArn$/i,
  /^aws:PrincipalTag\/.+$/i,
  /^aws:RequestTag\/.+$/i,
  /^aws:SecureTransport$/i,
  /^aws:SourceAccount$/i,
  /^aws:SourceArn$/i,
  /^s3:ResourceAccount$/i,
  /^sts:ExternalId$/i,
  /^sts:RoleSessionName$/i,
];
const MULTI_VALUED = [
  /^aws:TagKeys$/i,
  /^dynamodb:Attributes$/i,
  /^dynamodb:LeadingKeys$/i,
  /^kms:EncryptionContextKeys$/i,
];

/** How many values a condition key can have; undefined for a key that nothing here provides. */
export const valuesOfKey = (key: string): 'one' | 'many' | undefined => {
  if (SINGLE_VALUED.some((known) => known.test(key))) return 'one';
  return MULTI_VALUED.some((known) => known.test(key)) ? 'many' : undefined;
};
