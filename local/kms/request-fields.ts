import { invalidMember, KmsError } from './kms-error.ts';

/** A decoded request body; its members are checked as they are read. */
export type KmsRequest = Readonly<Record<string, unknown>>;

const memberName = (field: string): string => field.charAt(0).toLowerCase() + field.slice(1);

const wrongType = (): KmsError => new KmsError('SerializationException');

/** The text at `field`, or nothing when it is absent. Throws SerializationException for any other type. */
export const optionalText = (request: KmsRequest, field: string): string | undefined => {
  const value = request[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrongType();
  return value;
};

/** The text at `field`. Throws ValidationException when it is absent. */
export const requiredText = (request: KmsRequest, field: string): string => {
  const value = optionalText(request, field);
  if (value === undefined) throw invalidMember('null', memberName(field), 'not be null');
  return value;
};

/** The number at `field`, which must lie in `min`..`max`; nothing when it is absent. */
export const optionalInteger = (
  request: KmsRequest,
  field: string,
  min: number,
  max: number,
): number | undefined => {
  const value = request[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType();
  const shown = `'${value}'`;
  if (value < min)
    throw invalidMember(shown, memberName(field), `have value greater than or equal to ${min}`);
  if (value > max) throw invalidMember(shown, memberName(field), `have value less than or equal to ${max}`);
  return value;
};

/** The base64 bytes at `field`, of which there must be 1..`bytesMax`. Their value never appears in an error. */
export const requiredBytes = (request: KmsRequest, field: string, bytesMax: number): Buffer => {
  const bytes = Buffer.from(requiredText(request, field), 'base64');
  const member = memberName(field);
  if (bytes.length === 0) throw invalidMember('', member, 'have length greater than or equal to 1');
  if (bytes.length > bytesMax)
    throw invalidMember('', member, `have length less than or equal to ${bytesMax}`);
  return bytes;
};

const isTextMap = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((entry) => typeof entry === 'string');

/** The encryption context at `field`; absent and empty are the same context. */
export const encryptionContext = (request: KmsRequest, field: string): Readonly<Record<string, string>> => {
  const value = request[field] ?? {};
  if (!isTextMap(value)) throw wrongType();
  return value;
};
