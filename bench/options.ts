import { parseArgs } from 'node:util';
import { EVENTS_MAX } from '../contracts/limits.ts';

export interface BenchOptions {
  /** Events to publish and to wait for. */
  readonly events: number;
  /** Webhook connections; each belongs to a tenant of its own. */
  readonly connections: number;
  /** Events per POST. */
  readonly batch: number;
}

const wholeNumber = (name: string, text: string, max: number): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= max) return value;
  throw new Error(`--${name} takes a whole number from 1 to ${max}, not ${text}`);
};

/** Reads the command line. Throws an Error that says which option is wrong. */
export const parseOptions = (argv: readonly string[]): BenchOptions => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      events: { type: 'string', default: '2000' },
      connections: { type: 'string', default: '1' },
      batch: { type: 'string', default: '100' },
    },
  });
  const events = wholeNumber('events', values.events, 1_000_000);
  return {
    events,
    connections: wholeNumber('connections', values.connections, Math.min(events, 1000)),
    batch: wholeNumber('batch', values.batch, EVENTS_MAX),
  };
};
