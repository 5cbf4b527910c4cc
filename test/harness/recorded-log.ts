import type { Count } from '#functions/platform/log/count.ts';
import type { Log, LogLine } from '#functions/platform/log/log.ts';

export interface RecordedLog {
  readonly log: Log;
  readonly lines: readonly LogLine[];
  readonly count: Count;
  /** Each as `metric value dimension…`, such as `attempts 2 webhook delivered`. */
  readonly counted: readonly string[];
}

/** A log and a counter that remember what they were told. */
export const recordedLog = (): RecordedLog => {
  const lines: LogLine[] = [];
  const counted: string[] = [];
  return {
    lines,
    counted,
    log: (line) => lines.push(line),
    count: (metric, value, dimensions) =>
      counted.push([metric, value, ...Object.values(dimensions)].join(' ')),
  };
};
