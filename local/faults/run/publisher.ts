import { setTimeout as pause } from 'node:timers/promises';
import { type ApiTarget, callApi } from '../../api-client.ts';
import { seededNumbers } from '../../seeded-numbers.ts';
import { publication, type RunEvent } from './events.ts';

const BATCH_MAX = 20;
const PUBLISHERS = 4;
const PAUSE_MS = 20;
const TRIES_MAX = 500;

interface Result {
  readonly event_id: string;
  readonly status: string;
}

const tryOnce = async (
  target: ApiTarget,
  batch: readonly RunEvent[],
): Promise<readonly Result[] | undefined> => {
  const body = JSON.stringify({ events: batch.map(publication) });
  const tenantId = batch[0]?.tenantId ?? '';
  const answer = await callApi(target, { method: 'POST', path: '/events', tenantId, body }).catch(
    () => undefined,
  );
  if (answer === undefined || answer.status >= 500) return undefined;
  if (answer.status !== 202) throw new Error(`POST /events answered ${answer.status}: ${answer.text}`);
  return (JSON.parse(answer.text) as { results: Result[] }).results;
};

/** Until it is acknowledged, as a publisher does that wants nothing lost: the same events under the same keys. */
const publishBatch = async (target: () => ApiTarget, batch: readonly RunEvent[]): Promise<void> => {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const results = await tryOnce(target(), batch);
    const isDone = results?.every(({ status }) => status === 'accepted' || status === 'duplicate');
    if (isDone) return;
    await pause(PAUSE_MS);
  }
  throw new Error(`Publishing was not acknowledged in ${TRIES_MAX} tries`);
};

/** The events of each tenant in batches whose sizes the seed gives. */
const batchesOf = (events: readonly RunEvent[], seed: number): readonly (readonly RunEvent[])[] => {
  const draw = seededNumbers(seed);
  return [...Map.groupBy(events, ({ tenantId }) => tenantId).values()].flatMap((own) => {
    const batches: RunEvent[][] = [];
    for (let from = 0; from < own.length; ) {
      const batch = own.slice(from, from + 1 + draw(BATCH_MAX));
      batches.push(batch);
      from += batch.length;
    }
    return batches;
  });
};

/** Publishes all events, several batches at a time; `onProgress` hears how many are acknowledged. */
export const publishAll = async (
  target: () => ApiTarget,
  events: readonly RunEvent[],
  seed: number,
  onProgress: (acknowledged: number) => void,
): Promise<void> => {
  const waiting = batchesOf(events, seed).values();
  let acknowledged = 0;
  const publisher = async (): Promise<void> => {
    for (const batch of waiting) {
      await publishBatch(target, batch);
      acknowledged += batch.length;
      onProgress(acknowledged);
    }
  };
  await Promise.all(Array.from({ length: PUBLISHERS }, publisher));
};
