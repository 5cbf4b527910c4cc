import type { Cloud } from '../cloud/boot.ts';
import { connectionViolations } from './connection-rules.ts';
import { readContents } from './contents.ts';
import { eventViolations } from './event-rules.ts';
import { laneViolations } from './lane-rules.ts';
import { quarantineViolations } from './quarantine-rules.ts';
import type { Violation } from './violation.ts';

export interface InvariantOptions {
  /** Whether nothing may be under way any more; what is in quarantine may stay there. @default false */
  readonly settled?: boolean;
}

/**
 * Reads all tables and queues, takes nothing out, and answers what contradicts the product's promises; nothing when all
 * is well. The reads are not one instant: ask when nothing is published, or ask again about what was found.
 */
export const checkInvariants = async (
  cloud: Cloud,
  { settled = false }: InvariantOptions = {},
): Promise<readonly Violation[]> => {
  const contents = await readContents(cloud);
  return [
    ...eventViolations(contents),
    ...laneViolations(contents, settled),
    ...quarantineViolations(contents),
    ...connectionViolations(contents),
  ];
};
