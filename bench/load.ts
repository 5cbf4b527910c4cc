import type { ApiTarget } from '../local/api-client.ts';
import { type Publication, publish } from './api.ts';
import { type SampleEvent, signalOf } from './events.ts';
import type { BenchOptions } from './options.ts';
import type { Receiver } from './receiver.ts';
import { waitFor } from './settled.ts';

export interface Post {
  readonly tenantId: string;
  readonly events: readonly SampleEvent[];
}

/** How many POSTs are in flight together. */
export const POSTS_AT_ONCE = 4;

/** `events` events cut into POSTs of `batch`, dealt out evenly over the tenants in turns. */
export const postsOf = (
  { events, batch }: Pick<BenchOptions, 'events' | 'batch'>,
  tenants: readonly string[],
  run: string,
): Post[] => {
  const all = Array.from({ length: events }, (_, index) => signalOf(run, index));
  const ofTenants = tenants.map((tenantId, which) => ({
    tenantId,
    own: all.filter((_, index) => index % tenants.length === which),
  }));
  const rounds = Math.ceil((ofTenants[0]?.own.length ?? 0) / batch);
  return Array.from({ length: rounds }, (_, round) => round * batch).flatMap((from) =>
    ofTenants
      .map(({ tenantId, own }) => ({ tenantId, events: own.slice(from, from + batch) }))
      .filter((post) => post.events.length > 0),
  );
};

/** Publishes, a few POSTs at once; resolves when all are answered. */
export const publishAll = async (api: ApiTarget, posts: readonly Post[]): Promise<Publication[]> => {
  const left = posts.values();
  const publications: Publication[] = [];
  const publisher = async () => {
    for (const { tenantId, events } of left) publications.push(await publish(api, tenantId, events));
  };
  await Promise.all(Array.from({ length: POSTS_AT_ONCE }, publisher));
  return publications;
};

const idsOf = (publications: readonly Publication[]): string[] =>
  publications.flatMap(({ eventIds }) => eventIds);

/** Resolves once the receiver has had every event of these publications. */
export const arrived = async (
  publications: readonly Publication[],
  { arrivals }: Receiver,
): Promise<void> => {
  let missing = idsOf(publications);
  await waitFor('every event has arrived', () => {
    missing = missing.filter((id) => !arrivals.has(id));
    return missing.length === 0;
  });
};

/** For each event, milliseconds from when its POST was sent until the receiver had it. */
export const latenciesMs = (
  publications: readonly Publication[],
  { arrivals }: Pick<Receiver, 'arrivals'>,
): number[] =>
  publications.flatMap(({ sentAtMs, eventIds }) =>
    eventIds.map((id) => (arrivals.get(id) ?? Number.NaN) - sentAtMs),
  );
