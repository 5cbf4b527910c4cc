import { createHash } from 'node:crypto';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A lower-case UUID that is always the same for the same stack and logical id. */
export const stableUuid = (stackName: string, logicalId: string): string => {
  const hex = digest(`${stackName}/${logicalId}`);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
};

/** Ten characters of a-z and 0-9, as API Gateway gives out, always the same for the same stack and logical id. */
export const stableShortId = (stackName: string, logicalId: string): string =>
  BigInt(`0x${digest(`${stackName}/${logicalId}`)}`)
    .toString(36)
    .slice(0, 10);

/** The name of a resource that the template leaves unnamed, at most `lengthMax` characters. */
export const generatedName = (stackName: string, logicalId: string, lengthMax: number): string => {
  const name = `${stackName}-${logicalId}`;
  if (name.length <= lengthMax) return name;
  // Logical ids differ in their last characters, which a plain cut would remove from two long names alike.
  return `${name.slice(0, lengthMax - 9)}-${digest(name).slice(0, 8)}`;
};
