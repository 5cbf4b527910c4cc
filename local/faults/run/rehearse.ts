import { KINDS, type RunEvent, tenantIdOf } from './events.ts';
import { makeNames } from './names.ts';
import { type Point, recordPoints } from './points.ts';
import { publishAll } from './publisher.ts';
import { settle } from './settle.ts';
import { startWorld } from './world.ts';

const EVENTS_OF_EACH_KIND = 3;

/** Runs a few events of every kind without faults, and answers every place where their way waits for something outside. */
export const rehearse = async (
  assemblyDir: string,
  onLine?: (line: string) => void,
): Promise<readonly Point[]> => {
  const tenantId = tenantIdOf(0, 0);
  const recorder = recordPoints(makeNames(), tenantId);
  const world = await startWorld({
    assemblyDir,
    faults: recorder.faults,
    mustRepeat: () => false,
    ...(onLine ? { onLine } : {}),
  });
  const events: readonly RunEvent[] = KINDS.flatMap((kind) =>
    Array.from({ length: EVENTS_OF_EACH_KIND }, (_, index) => ({ name: `${kind}-${index}`, kind, tenantId })),
  );
  try {
    await world.connect(tenantId);
    recorder.start();
    await publishAll(world.api, events, 0, () => {});
    await settle(world);
    return recorder.points();
  } finally {
    await world.close();
  }
};
