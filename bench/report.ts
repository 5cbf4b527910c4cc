import { availableParallelism, loadavg } from 'node:os';
import { percentile } from '../local/percentile.ts';
import { allOf, type Counts, type FunctionCounts, totalOf } from './counts.ts';
import type { DeployedFunction } from './deployed-functions.ts';
import { ACCESS_LOG_BYTES, costLines, logBytesOf, PLATFORM_LOG_BYTES } from './dollars.ts';
import { POSTS_AT_ONCE } from './load.ts';
import { ALONE_EVENTS, type Measured, WARM_UP_EVENTS } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { PRICES } from './prices.ts';
import { median, sum } from './statistics.ts';
import { figure, table } from './table.ts';

/** A function with the durations of its cold starts. */
export interface InitializedFunction extends DeployedFunction {
  readonly initDurationsMs: readonly number[];
}

const introduction = ({ events, connections, batch }: BenchOptions, { posts, usage }: Measured): string[] => [
  `${figure(events)} events of 1,024 bytes in ${figure(posts)} POSTs of at most ${batch}, ${POSTS_AT_ONCE} POSTs at once.`,
  `Webhook connections: ${connections}, each of a tenant of its own, as a tenant can have only one; they share the events out.`,
  `Before, ${WARM_UP_EVENTS} events warmed the functions up and ${ALONE_EVENTS} were sent one by one, so that latencies have no cold starts in`,
  `them; under load there were ${totalOf(usage.counts, 'coldStarts')}. Publisher, cloud and receiver share this machine: its times are not those of AWS.`,
  'Units and requests are counted as AWS bills them; how full batches are depends on timing, here as there.',
];

const speed = (measured: Measured): string[] => {
  const { aloneMs, underLoadMs } = measured;
  const row = (name: string, values: readonly number[]) => [
    name,
    figure(percentile(values, 50), 1),
    figure(percentile(values, 99), 1),
  ];
  return [
    `Speed: ${figure(measured.eventsPerSecond)} events/s end to end, ${figure(measured.answersPerSecond, 1)} publish answers/s`,
    ...table(
      ['from POST sent to event received, ms', 'p50', 'p99'],
      [
        row('one event at a time', aloneMs),
        row('all at once (waiting in the backlog included)', underLoadMs),
      ],
    ),
    `  ${figure(measured.cpuMsPerEvent, 1)} ms of CPU per event in this process; the machine has ${availableParallelism()} cores, and its load`,
    `  average of the last minute is ${figure(loadavg()[0] ?? Number.NaN, 1)}.`,
  ];
};

const perFunction = (functions: readonly FunctionCounts[], delivered: number): string[] => {
  const worked = functions.filter(({ invocations }) => invocations > 0);
  const all = (field: Exclude<keyof FunctionCounts, 'folder'>) => sum(worked.map((each) => each[field]));
  const row = (name: string, of: Omit<FunctionCounts, 'folder'>) => [
    name,
    figure(of.writeUnits / delivered, 3),
    figure(of.readUnits / delivered, 3),
    figure(of.invocations / delivered, 4),
    figure(of.billedMs / delivered, 2),
    figure(of.logBytes / delivered),
  ];
  const total = {
    writeUnits: all('writeUnits'),
    readUnits: all('readUnits'),
    invocations: all('invocations'),
    coldStarts: all('coldStarts'),
    billedMs: all('billedMs'),
    gbSeconds: all('gbSeconds'),
    logBytes: all('logBytes'),
  };
  return table(
    ['function', 'write units', 'read units', 'invocations', 'billed ms', 'log bytes'],
    [...worked.map((each) => row(each.folder, each)), row('all', total)],
  );
};

const perOperation = (counts: Counts, delivered: number): string[] =>
  table(
    ['SQS requests', 'per event'],
    [
      ...[...counts.sqs].map(([operation, requests]) => [operation, figure(requests / delivered, 3)]),
      ['all', figure(allOf(counts.sqs) / delivered, 3)],
    ],
  );

const kmsCalls = ({ warmUp, usage }: Measured): number => allOf(warmUp.kms) + allOf(usage.counts.kms);

const counted = (measured: Measured): string[] => {
  const { usage, warmUp } = measured;
  const { counts, delivered } = usage;
  return [
    'Counted per delivered event',
    ...perFunction(counts.functions, delivered),
    '',
    ...perOperation(counts, delivered),
    `  Apart from these, ${counts.emptyReceives} long polls came back empty: a matter of time, not of events.`,
    '',
    `  KMS: ${allOf(warmUp.kms)} calls while warming up and ${allOf(counts.kms)} since; ${figure(kmsCalls(measured) / delivered, 4)} per event.`,
    `  Logs: ${figure(totalOf(counts, 'logBytes') / delivered)} bytes from the functions, ${figure(logBytesOf(usage) / delivered)} with what AWS adds (about ${PLATFORM_LOG_BYTES} per invocation,`,
    `  ${ACCESS_LOG_BYTES} per HTTP request). Events that arrived twice: ${measured.repeated}.`,
  ];
};

const bill = (measured: Measured): string[] => {
  const lines = costLines(measured.usage, kmsCalls(measured), PRICES);
  return [
    `US dollars per million delivered events (list prices of ${PRICES.region}, ${PRICES.asOf}; no free tier)`,
    ...table(
      ['', 'per million', 'unit', 'dollars'],
      [
        ...lines.map(({ name, perMillion, unit, dollars }) => [
          name,
          figure(perMillion, unit === 'GB' ? 2 : 0),
          unit,
          figure(dollars, 2),
        ]),
        ['total', '', '', figure(sum(lines.map(({ dollars }) => dollars)), 2)],
      ],
    ),
    "  Lambda time is this machine's durations at the template's memory: AWS's differ. Not in it: storage, backups,",
    '  alarms, the key itself and idle long polls, which cost by the month and not by the event.',
  ];
};

const bundles = (functions: readonly InitializedFunction[]): string[] => [
  'Functions',
  ...table(
    ['', 'bundle KB', 'memory MB', 'init median ms', 'cold starts'],
    functions.map(({ folder, bundleBytes, memoryMb, initDurationsMs }) => [
      folder,
      figure(bundleBytes / 1000, 1),
      figure(memoryMb),
      figure(median(initDurationsMs)),
      figure(initDurationsMs.length),
    ]),
  ),
];

/** All that a run has to say, as lines of text. */
export const report = (
  options: BenchOptions,
  measured: Measured,
  functions: readonly InitializedFunction[],
): string[] => [
  ...introduction(options, measured),
  '',
  ...speed(measured),
  '',
  ...counted(measured),
  '',
  ...bill(measured),
  '',
  ...bundles(functions),
];
