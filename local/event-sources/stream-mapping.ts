import { compileFilters } from './filter.ts';
import { streamMappingSettings } from './mapping-properties.ts';
import { consumeStream } from './stream-consumer.ts';
import type { StreamMappingOptions, StreamMappingStats } from './stream-options.ts';

const POLL_MS_DEFAULT = 25;

export interface StreamMapping {
  readonly stats: Readonly<StreamMappingStats>;
  /** Resolves when the invocations in flight are settled and the checkpoint is saved. */
  readonly stop: () => Promise<void>;
}

/**
 * Feeds a function from a table's stream: in order for each item, at least once, without end until stopped.
 * Throws when AWS would refuse the mapping, or when a property is not emulated.
 */
export const startStreamMapping = (options: StreamMappingOptions): StreamMapping => {
  const settings = streamMappingSettings(options.properties);
  const stopping = new AbortController();
  const stats: StreamMappingStats = {
    pending: 0,
    emptyReads: 0,
    read: 0,
    succeeded: 0,
    failed: 0,
    trimmed: 0,
    dropped: 0,
    retries: 0,
  };
  const consumer = {
    options: { ...options, pollMs: options.pollMs ?? POLL_MS_DEFAULT },
    settings,
    passes: compileFilters(settings.filterPatterns),
    signal: stopping.signal,
    stats,
    log: (text: string) => options.onLog?.(`${options.streamArn}: ${text}`),
  };
  const running = settings.enabled ? consumeStream(consumer) : Promise.resolve();
  return {
    stats,
    async stop() {
      stopping.abort();
      await running;
    },
  };
};
