import type { FieldError } from '#contracts/errors.ts';
import type { Connector } from '../connectors/define.ts';
import { hasStrangeLength } from '../platform/parse-untrusted.ts';
import { CONFIG_LEVELS_MAX, knownConfig, secretFieldsIn } from './validate.ts';

// Routing reads all connections of a tenant at once, so each stays far below the 400 KB where an item ends.
const CONFIG_BYTES_MAX = 16 * 1024;
const ERRORS_MAX = 50;
// DynamoDB keeps no number that is closer to zero than 1e-130.
const NUMBER_MIN = 1e-100;

// The SDK's marshaller reads a value's class from `constructor`, so no field of ours may be called that.
const UNSTORABLE_NAMES = new Set(['', '__proto__', 'constructor']);

const isStorableName = (name: string) => !UNSTORABLE_NAMES.has(name) && name.isWellFormed();

const isStorableNumber = (value: number) =>
  value === 0 || (Math.abs(value) >= NUMBER_MIN && Math.abs(value) <= Number.MAX_SAFE_INTEGER);

/** Whether DynamoDB can keep a JSON value and give back the same. */
const isStorable = (value: unknown, levels = CONFIG_LEVELS_MAX): boolean => {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return isStorableNumber(value);
  if (typeof value !== 'object' || value === null) return true;
  const entries = Object.entries(value);
  return (
    levels > 0 && entries.every(([name, inner]) => isStorableName(name) && isStorable(inner, levels - 1))
  );
};

/** Whether a value is a URL with a user name or password: a secret that no schema names. */
const holdsCredentials = (value: unknown): boolean => {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username !== '' || password !== '';
};

/** Why a configuration cannot be kept, not even in a draft: it holds a secret, or what the table cannot hold. */
export const refusedConfig = (
  connector: Connector,
  config: Readonly<Record<string, unknown>>,
): FieldError[] => {
  const kept = knownConfig(connector, config);
  const unstorable = Object.entries(kept)
    .filter(([, value]) => !isStorable(value) || hasStrangeLength(value))
    .map(([name]) => ({ field: `config.${name}`, message: 'cannot be stored as it is' }));
  const credentials = Object.entries(kept)
    .filter(([, value]) => holdsCredentials(value))
    .map(([name]) => ({ field: `config.${name}`, message: 'must not hold a user name or password' }));
  const refused = [...secretFieldsIn(connector, config), ...credentials, ...unstorable];
  if (refused.length > 0) return refused.slice(0, ERRORS_MAX);
  if (Buffer.byteLength(JSON.stringify(kept)) <= CONFIG_BYTES_MAX) return [];
  return [{ field: 'config', message: `must be at most ${CONFIG_BYTES_MAX} bytes of JSON` }];
};
