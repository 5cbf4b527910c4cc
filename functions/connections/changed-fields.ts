import { isDeepStrictEqual } from 'node:util';
import type { ConnectionRecord } from './record.ts';

/** Which fields of a configuration are others than before, as activity names them: `config.url`. */
export const changedFields = (
  before: ConnectionRecord['config'],
  after: ConnectionRecord['config'],
): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .map((name) => `config.${name}`);
