import type { RunOptions, RunResult } from './run.ts';

const strikes = ({ plan }: RunResult): string[] =>
  plan.map(({ fault, times, pointId, target }) =>
    `  ${fault.padEnd(11)} ${times > 1 ? `×${times}` : '  '}  ${target.padEnd(36)}  ${pointId}`.trimEnd(),
  );

/** The run as lines that are the same whenever it is repeated: no times, and nothing that chance decides. */
export const report = (
  { seed, events }: Pick<RunOptions, 'seed' | 'events'>,
  result: RunResult,
): string[] => [
  `Faults of seed ${seed} over ${events} events`,
  '',
  ...strikes(result),
  '',
  `${result.plan.length} faults at ${result.points.length} points, a crash of the tables' engine, a restart of everything`,
  ...[...result.ended].sort().map(([ending, count]) => `  ${count} ${ending}`),
  ...(result.faults.length === 0
    ? ['Every event has its outcome, nothing is stuck, and every fault has struck.']
    : [`${result.faults.length} things are wrong:`, ...result.faults.map((fault) => `  ${fault}`)]),
];
