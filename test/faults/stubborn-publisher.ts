import { setTimeout as pause } from 'node:timers/promises';
import type { companyUpdated } from '../harness/events.ts';

type Event = ReturnType<typeof companyUpdated>;

export interface PublishResult {
  readonly event_id: string;
  readonly status: string;
}

export interface StubbornPublisher {
  /** Event id of each idempotency key that was acknowledged. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Publishes all, batch after batch, until each is acknowledged or `stopping` aborts; rejects for one that is refused. */
  readonly publishAll: (events: readonly Event[], batchSize: () => number) => Promise<void>;
  /** One request, which must succeed. */
  readonly publish: (events: readonly Event[]) => Promise<readonly PublishResult[]>;
}

const PAUSE_MS = 50;

/** A publisher as the API wants it: what was not acknowledged is sent again, under the same keys. */
export const stubbornPublisher = (
  url: string,
  headers: Readonly<Record<string, string>>,
  stopping: AbortSignal,
): StubbornPublisher => {
  const acknowledged = new Map<string, string>();

  const publish = async (events: readonly Event[]): Promise<readonly PublishResult[]> => {
    const response = await fetch(`${url}/events`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    });
    const text = await response.text();
    if (response.status !== 202) throw new Error(`POST /events answered ${response.status}: ${text}`);
    return (JSON.parse(text) as { results: PublishResult[] }).results;
  };

  /** Undefined when there was no answer, or none that acknowledges. */
  const tryPublish = async (batch: readonly Event[]): Promise<readonly PublishResult[] | undefined> => {
    try {
      return await publish(batch);
    } catch {
      await pause(PAUSE_MS);
      return undefined;
    }
  };

  const acknowledge = (batch: readonly Event[], results: readonly PublishResult[]): void => {
    for (const [index, { idempotency_key: key }] of batch.entries()) {
      const { event_id: eventId, status } = results[index] ?? {};
      if (eventId === undefined || (status !== 'accepted' && status !== 'duplicate'))
        throw new Error(`The event ${key} was answered ${status}`);
      acknowledged.set(key, eventId);
    }
  };

  return {
    acknowledged,
    publish,
    async publishAll(events, batchSize) {
      for (let from = 0; from < events.length && !stopping.aborted; ) {
        const batch = events.slice(from, from + batchSize());
        const results = await tryPublish(batch);
        if (results === undefined) continue;
        acknowledge(batch, results);
        from += batch.length;
      }
    },
  };
};
