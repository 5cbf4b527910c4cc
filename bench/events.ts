import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An event as it is published. */
export interface SampleEvent {
  readonly event_type: string;
  readonly idempotency_key: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const examples = join(import.meta.dirname, '../examples');

const samples: readonly SampleEvent[] = readdirSync(examples)
  .filter((name) => name.endsWith('.json'))
  .toSorted()
  .flatMap((name) => JSON.parse(readFileSync(join(examples, name), 'utf8')));

// One byte of JSON for each character.
const isPlain = (text: unknown): text is string => typeof text === 'string' && /^[ !#-[\]-~]+$/.test(text);

const sentences = [
  ...new Set(samples.flatMap(({ data }) => [data['summary'], data['description']]).filter(isPlain)),
];

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

// A sample that names its subject would have to name the new one.
const signals = samples.filter(
  (sample) =>
    sample.event_type === 'signal.published' && !('subject' in sample.data) && bytesOf(sample) < 700,
);

/** `length` characters of the samples' prose, which begins at another sentence for each `index`. */
const prose = (index: number, length: number): string => {
  const text = sentences.map((_, offset) => sentences[(index * 7 + offset) % sentences.length]).join(' ');
  return text.slice(0, length);
};

const withSummary = (event: SampleEvent, summary: string): SampleEvent => ({
  ...event,
  data: { ...event.data, summary },
});

/**
 * The `index`th signal of a run as a publisher would send it, of exactly `bytes` bytes of JSON (900 to 4,000). All but its
 * keys and its length are the samples': their fields, their prose.
 */
export const signalOf = (run: string, index: number, bytes = 1024): SampleEvent => {
  const sample = signals[index % signals.length];
  if (sample === undefined) throw new Error('examples/ has no signal that is small enough');
  const signalId = `${sample.data['signal_id']}-${index}`;
  const event = {
    ...sample,
    idempotency_key: `signal.published:${signalId}:${run}`,
    data: { ...sample.data, signal_id: signalId },
  };
  return withSummary(event, prose(index, bytes - bytesOf(withSummary(event, ''))));
};
