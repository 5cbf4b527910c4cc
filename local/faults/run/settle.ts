import { checkInvariants } from '../../invariants/check.ts';
import { readContents } from '../../invariants/contents.ts';
import { isDelivery, textOf } from '../../invariants/stored-item.ts';
import type { World } from './world.ts';

// A worker's messages come back after six minutes.
const STEP_MS = 7 * 60_000;
const STEPS_MAX = 40;
// Nothing waits for longer than a message can be delayed, and then for its worker: a quarter of an hour and a bit.
const STEPS_WITHOUT_CHANGE_MAX = 6;

/** Moves time on until nothing is under way any more; answers what contradicts the product's promises then. */
export const settle = async ({
  clock,
  cloud,
}: Pick<World, 'clock' | 'cloud'>): Promise<readonly string[]> => {
  let violations: readonly string[] = [];
  let unchanged = 0;
  for (let step = 0; step < STEPS_MAX && unchanged < STEPS_WITHOUT_CHANGE_MAX; step++) {
    await clock.advance(STEP_MS);
    const before = violations.length;
    violations = (await checkInvariants(cloud(), { settled: true })).map(({ says }) => says);
    if (violations.length === 0) break;
    unchanged = violations.length === before ? unchanged + 1 : 0;
  }
  return violations;
};

/** How each event ended, by its name: `delivered`, or a state with its reason. */
export const endings = async ({ cloud }: Pick<World, 'cloud'>): Promise<ReadonlyMap<string, string>> => {
  const { items } = await readContents(cloud());
  return new Map(
    items.filter(isDelivery).map((item) => {
      const name = textOf(item, 'subject').replace('company:cmp_', '');
      return [name, `${textOf(item, 'state')} ${textOf(item, 'reason')}`.trim()];
    }),
  );
};
