import { ENDING, type RunEvent, runEvents, tenantIdOf } from './events.ts';
import { makePlan, type Strike } from './plan.ts';
import { type PlannedFaults, plannedFaults } from './planned-faults.ts';
import type { Point } from './points.ts';
import { publishAll } from './publisher.ts';
import { rehearse } from './rehearse.ts';
import { endings, settle } from './settle.ts';
import { startWorld, type World } from './world.ts';

export interface RunOptions {
  readonly seed: number;
  readonly events: number;
  readonly assemblyDir: string;
  /** Hears what functions and platform log. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  readonly points: readonly Point[];
  readonly plan: readonly Strike[];
  /** Events that ended as they must, by their ending. */
  readonly ended: ReadonlyMap<string, number>;
  /** What was not as it must be; nothing when all is well. */
  readonly faults: readonly string[];
}

const EVENTS_PER_TENANT = 60;
const TENANTS_MIN = 16;

/** Events at the end that no fault names, for faults whose own call was struck by another one. */
const TAIL_EVENTS = 50;

/** After which part of the events the engine of the tables crashes, and after which everything is restarted. */
const CRASH_AFTER = 0.3;
const RESTART_AFTER = 0.6;

/** Calls each task once, as soon as so many events are acknowledged, one after the other. */
const onceAt = (tasks: readonly { readonly after: number; readonly run: () => Promise<void> }[]) => {
  const waiting = [...tasks];
  let done: Promise<void> = Promise.resolve();
  return {
    progress(acknowledged: number): void {
      while (waiting[0] && acknowledged >= waiting[0].after) {
        const task = waiting.shift();
        done = done.then(task?.run);
      }
    },
    done: () => done,
  };
};

const publishThroughOutages = async (
  world: World,
  events: readonly RunEvent[],
  seed: number,
): Promise<void> => {
  const outages = onceAt([
    { after: events.length * CRASH_AFTER, run: () => world.cloud().engines.dynamodb.crash() },
    { after: events.length * RESTART_AFTER, run: world.restart },
  ]);
  await publishAll(world.api, events, seed, outages.progress);
  await outages.done();
};

const wrongEndings = (events: readonly RunEvent[], ended: ReadonlyMap<string, string>): string[] =>
  events
    .filter(({ name, kind }) => ended.get(name) !== ENDING[kind])
    .map(({ name, kind }) => `${name} ended as "${ended.get(name)}" and not as "${ENDING[kind]}"`);

const verdict = async (
  world: World,
  events: readonly RunEvent[],
  planned: PlannedFaults,
  violations: readonly string[],
): Promise<Pick<RunResult, 'ended' | 'faults'>> => {
  const ended = await endings(world);
  const { arrivals, faults } = world.destination;
  const unseen = events.filter(({ name }) => !arrivals.has(name));
  return {
    ended: new Map([...Map.groupBy(ended.values(), (ending) => ending)].map(([to, of]) => [to, of.length])),
    faults: [
      ...violations,
      ...wrongEndings(events, ended),
      ...unseen.map(({ name }) => `${name} never reached its destination`),
      ...faults,
      ...planned
        .pending()
        .map(({ pointId, fault, target }) => `${fault} never struck ${target} at ${pointId}`),
    ],
  };
};

/** What a run will do, before anything is done. */
export interface RunPlan {
  readonly tenantIds: readonly string[];
  readonly events: readonly RunEvent[];
  readonly plan: readonly Strike[];
}

/** Follows from seed, number of events and points alone. Throws when there are too few events for all faults. */
export const planRun = (
  { seed, events: count }: Pick<RunOptions, 'seed' | 'events'>,
  points: readonly Point[],
): RunPlan => {
  const tenants = Math.max(TENANTS_MIN, Math.ceil(count / EVENTS_PER_TENANT));
  const tenantIds = Array.from({ length: tenants }, (_, number) => tenantIdOf(seed, number));
  const events = runEvents(count, tenantIds);
  return { tenantIds, events, plan: makePlan(seed, points, events.slice(0, -TAIL_EVENTS)) };
};

/**
 * Publishes events through publish, dispatch and deliver while faults strike at every place where they wait for something, the
 * tables' engine crashes and the whole cloud is restarted; then lets time pass until all is settled, and judges. Seed and number
 * of events decide which faults strike whom.
 * @throws Error when publishing is not acknowledged in the end, or there are too few events for all faults
 */
export const runFaults = async (options: RunOptions): Promise<RunResult> => {
  const { seed, assemblyDir, onLine } = options;
  const points = await rehearse(assemblyDir, onLine);
  const { tenantIds, events, plan } = planRun(options, points);
  const planned = plannedFaults(plan);
  let faults: PlannedFaults['faults'] = { at: () => undefined };
  const world = await startWorld({
    assemblyDir,
    faults: { at: (call) => faults.at(call) },
    mustRepeat: planned.awaits,
    ...(onLine ? { onLine } : {}),
  });
  try {
    for (const tenantId of tenantIds) await world.connect(tenantId);
    faults = planned.faults;
    await publishThroughOutages(world, events.slice(0, -TAIL_EVENTS), seed);
    await settle(world);
    await publishAll(world.api, events.slice(-TAIL_EVENTS), seed, () => {});
    return { points, plan, ...(await verdict(world, events, planned, await settle(world))) };
  } finally {
    await world.close();
  }
};
