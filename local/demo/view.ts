import { styleText } from 'node:util';
import { percentile } from '../percentile.ts';

/** The fields of a function's log line that the view shows. */
interface StageLine {
  readonly stage: string;
  readonly outcome: string;
  readonly count?: number;
  readonly code?: string;
  readonly event_type?: string;
  readonly event_id?: string;
  readonly connector_type?: string;
  readonly attempt?: number;
  readonly duration_ms?: number;
  readonly lag_ms?: number;
}

export interface View {
  /** Takes one line that a function logged; answers what to show for it, if anything. */
  readonly show: (line: string) => string | undefined;
  readonly delivered: () => number;
  /** One line that sums up what has been seen. */
  readonly summary: () => string;
}

const parse = (line: string): StageLine | undefined => {
  if (!line.startsWith('{')) return undefined;
  const parsed: Partial<StageLine> = JSON.parse(line);
  return typeof parsed.stage === 'string' && typeof parsed.outcome === 'string'
    ? (parsed as StageLine)
    : undefined;
};

const colours = { published: 'cyan', dispatched: 'blue', delivered: 'green', failed: 'red' } as const;

const deliverText = (line: StageLine): string => {
  const what = `${(line.event_type ?? '').padEnd(17)} ${line.event_id ?? ''} → ${line.connector_type}`;
  const why = line.code === undefined ? '' : `  ${line.code}`;
  return `${what}  attempt ${line.attempt ?? 0}  ${line.lag_ms ?? 0} ms after publish${why}`;
};

/** The live view of the outbound flow, made of nothing but the functions' own log. */
export const makeView = (stream: NodeJS.WritableStream = process.stdout): View => {
  const totals = { published: 0, dispatched: 0, delivered: 0, other: 0 };
  const lagsMs: number[] = [];
  const text = (label: string, colour: keyof typeof colours, rest: string) =>
    `${styleText(colours[colour], label.padEnd(12), { stream })}${rest}`;

  const showDelivery = (line: StageLine): string => {
    if (line.outcome === 'delivered') {
      totals.delivered += 1;
      lagsMs.push(line.lag_ms ?? 0);
    } else totals.other += 1;
    return text(line.outcome, line.outcome === 'delivered' ? 'delivered' : 'failed', deliverText(line));
  };

  const showBatch = (line: StageLine, kind: 'published' | 'dispatched', unit: string): string => {
    totals[kind] += line.count ?? 0;
    return text(kind, kind, `${line.count ?? 0} ${unit} in ${line.duration_ms ?? 0} ms`);
  };

  return {
    show(raw) {
      const line = parse(raw);
      if (line === undefined) return undefined;
      if (line.outcome === 'failed') return text('failed', 'failed', `${line.stage}  ${line.code ?? ''}`);
      if (line.stage === 'publish' && line.outcome === 'accepted')
        return showBatch(line, 'published', 'events');
      if (line.stage === 'dispatch') return showBatch(line, 'dispatched', 'deliveries');
      return line.stage === 'deliver' ? showDelivery(line) : undefined;
    },
    delivered: () => totals.delivered,
    summary: () =>
      `${totals.published} published, ${totals.dispatched} dispatched, ${totals.delivered} delivered; ` +
      `publish to delivered p50 ${percentile(lagsMs, 50)} ms, p99 ${percentile(lagsMs, 99)} ms`,
  };
};
