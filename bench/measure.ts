import { type ApiTarget, tenantCalls } from '../local/api-client.ts';
import type { Cloud } from '../local/cloud/boot.ts';
import type { Publication } from './api.ts';
import { type Counts, countsOf } from './counts.ts';
import type { DeployedFunction } from './deployed-functions.ts';
import type { Usage } from './dollars.ts';
import { arrived, latenciesMs, postsOf, publishAll } from './load.ts';
import type { BenchOptions } from './options.ts';
import type { Receiver } from './receiver.ts';
import type { Recorder } from './recording.ts';
import { settled } from './settled.ts';

export interface Bench {
  readonly cloud: Cloud;
  readonly api: ApiTarget;
  readonly receiver: Receiver;
  readonly recorder: Recorder;
  readonly tenants: readonly string[];
  readonly functions: readonly DeployedFunction[];
}

export interface Measured {
  /** Of events that were sent one by one, each after the one before had arrived. */
  readonly aloneMs: readonly number[];
  /** Of the events of the load; with a backlog, most of it is waiting. */
  readonly underLoadMs: readonly number[];
  readonly eventsPerSecond: number;
  readonly answersPerSecond: number;
  /** CPU time of this process: publisher, cloud, functions and receiver, but not the DynamoDB engine. */
  readonly cpuMsPerEvent: number;
  readonly posts: number;
  readonly warmUp: Counts;
  readonly usage: Usage;
  readonly repeated: number;
}

export const WARM_UP_EVENTS = 100;
export const ALONE_EVENTS = 20;

const HTTP_METERED_BYTES = 512 * 1024;

const total = (publications: readonly Publication[], bytesOf: (one: Publication) => number): number =>
  publications.reduce((bytes, one) => bytes + bytesOf(one), 0);

/** Starts the workers that a load needs, and every other function once, so that its cold start is known. */
const warmUp = async ({ api, cloud, receiver, tenants }: Bench): Promise<void> => {
  const posts = postsOf({ events: WARM_UP_EVENTS, batch: WARM_UP_EVENTS / 4 }, tenants, 'warm-up');
  const publications = await publishAll(api, posts);
  await arrived(publications, receiver);
  await settled(cloud);
  const [tenantId = ''] = tenants;
  const [eventId] = publications.find((one) => one.tenantId === tenantId)?.eventIds ?? [];
  const call = tenantCalls(api, tenantId, 400);
  await call('GET', '/health');
  await call('GET', `/events/${eventId}`);
};

const aloneMs = async ({ api, receiver, tenants }: Bench): Promise<number[]> => {
  const latencies: number[] = [];
  for (const post of postsOf({ events: ALONE_EVENTS, batch: 1 }, tenants.slice(0, 1), 'alone')) {
    const publications = await publishAll(api, [post]);
    await arrived(publications, receiver);
    latencies.push(...latenciesMs(publications, receiver));
  }
  return latencies;
};

/** Publishes all, waits until all has arrived and is settled; counts only what that caused. */
const underLoad = async (
  { api, cloud, receiver, recorder, tenants, functions }: Bench,
  options: BenchOptions,
): Promise<Omit<Measured, 'aloneMs' | 'warmUp'>> => {
  const posts = postsOf(options, tenants, 'load');
  const egressBefore = receiver.bytes();
  recorder.take();
  const cpuBefore = process.cpuUsage();
  const startedAtMs = performance.now();
  const publications = await publishAll(api, posts);
  const answeredAtMs = performance.now();
  await arrived(publications, receiver);
  await settled(cloud);
  const cpu = process.cpuUsage(cpuBefore);
  const counts = countsOf(recorder.take(), functions);
  const latest = (last: number, id: string) => Math.max(last, receiver.arrivals.get(id) ?? last);
  const lastAtMs = publications.flatMap(({ eventIds }) => eventIds).reduce(latest, startedAtMs);
  return {
    underLoadMs: latenciesMs(publications, receiver),
    eventsPerSecond: options.events / ((lastAtMs - startedAtMs) / 1000),
    answersPerSecond: posts.length / ((answeredAtMs - startedAtMs) / 1000),
    cpuMsPerEvent: (cpu.user + cpu.system) / 1000 / options.events,
    posts: posts.length,
    repeated: receiver.repeated(),
    usage: {
      delivered: options.events,
      counts,
      httpRequests: total(publications, ({ requestBytes }) => Math.ceil(requestBytes / HTTP_METERED_BYTES)),
      egressBytes: receiver.bytes() - egressBefore + total(publications, ({ answerBytes }) => answerBytes),
    },
  };
};

/** Warms up, sends some events alone, then all together. */
export const measure = async (bench: Bench, options: BenchOptions): Promise<Measured> => {
  bench.recorder.take();
  await warmUp(bench);
  const alone = await aloneMs(bench);
  await settled(bench.cloud);
  const before = countsOf(bench.recorder.take(), bench.functions);
  return { aloneMs: alone, warmUp: before, ...(await underLoad(bench, options)) };
};
