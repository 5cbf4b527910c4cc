import { invalidMember, StsError } from './sts-error.ts';

/** A decoded AssumeRole request. */
export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly tags: ReadonlyMap<string, string>;
  readonly externalId: string | undefined;
}

// The limits are those of the service's API model (sts 2011-06-15).
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;
const TAGS_MAX = 50;
const SECONDS_MIN = 900;
const SECONDS_DEFAULT = 3600;
// A function has a session of its role already, and a session that comes from a session lasts an hour at most.
const CHAINED_SECONDS_MAX = 3600;

const READ = /^(?:Action|Version|RoleArn|RoleSessionName|DurationSeconds|ExternalId)$/;
const TAG = /^Tags\.member\.(\d+)\.(Key|Value)$/;

const text = (form: URLSearchParams, field: string, pattern: RegExp): string => {
  const value = form.get(field);
  const member = field.charAt(0).toLowerCase() + field.slice(1);
  if (value === null || !pattern.test(value))
    throw invalidMember(member, `satisfy regular expression pattern: ${pattern.source}`);
  return value;
};

const durationSeconds = (form: URLSearchParams): number => {
  const given = form.get('DurationSeconds');
  if (given === null) return SECONDS_DEFAULT;
  const seconds = /^\d+$/.test(given) ? Number(given) : 0;
  if (seconds < SECONDS_MIN)
    throw invalidMember('durationSeconds', `have value greater than or equal to ${SECONDS_MIN}`);
  if (seconds > CHAINED_SECONDS_MAX)
    throw new StsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  return seconds;
};

const tagsOf = (form: URLSearchParams): ReadonlyMap<string, string> => {
  const numbers = [...form.keys()].flatMap((field) => TAG.exec(field)?.[1] ?? []);
  const tags = [...new Set(numbers)].map((number): [string, string] => [
    text(form, `Tags.member.${number}.Key`, TAG_KEY),
    text(form, `Tags.member.${number}.Value`, TAG_VALUE),
  ]);
  if (tags.length > TAGS_MAX) throw invalidMember('tags', `have length less than or equal to ${TAGS_MAX}`);
  if (new Set(tags.map(([key]) => key.toLowerCase())).size < tags.length)
    throw new StsError('InvalidParameterValue', 'Duplicate tag keys found. Tag keys are case insensitive.');
  return new Map(tags);
};

/**
 * Reads an AssumeRole request of the Query protocol.
 * @throws StsError for values that AWS would not take, and for parameters that would limit the session but are not emulated
 */
export const readAssumeRole = (form: URLSearchParams): AssumeRoleRequest => {
  const unknown = [...form.keys()].find((field) => !READ.test(field) && !TAG.test(field));
  if (unknown !== undefined) throw new StsError('ValidationError', `${unknown} is not emulated`);
  return {
    roleArn: text(form, 'RoleArn', /^arn:aws:iam::\d{12}:role\/.{1,2000}$/),
    sessionName: text(form, 'RoleSessionName', SESSION_NAME),
    durationSeconds: durationSeconds(form),
    tags: tagsOf(form),
    externalId: form.has('ExternalId') ? text(form, 'ExternalId', EXTERNAL_ID) : undefined,
  };
};
