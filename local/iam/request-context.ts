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

const SINGLE_VALUED = [
  /^kms:EncryptionContext:.+$/,
  /^aws:PrincipalTag\/.+$/,
  /^aws:SecureTransport$/,
  /^aws:SourceAccount$/,
  /^aws:SourceArn$/,
  /^s3:ResourceAccount$/,
];
const MULTI_VALUED = [/^kms:EncryptionContextKeys$/, /^dynamodb:LeadingKeys$/, /^dynamodb:Attributes$/];

/** How many values a condition key can have; undefined for a key that nothing here provides. */
export const valuesOfKey = (key: string): 'one' | 'many' | undefined => {
  if (SINGLE_VALUED.some((known) => known.test(key))) return 'one';
  return MULTI_VALUED.some((known) => known.test(key)) ? 'many' : undefined;
};
