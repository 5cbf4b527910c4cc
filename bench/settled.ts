import { setTimeout as pause } from 'node:timers/promises';
import type { Cloud } from '../local/cloud/boot.ts';
import { ofType } from '../local/cloud/template-resources.ts';

const PATIENCE_MS = 120_000;

/** Resolves once `probe` is true; throws, naming `what`, when that takes two minutes. */
export const waitFor = async (what: string, probe: () => boolean, everyMs = 5): Promise<void> => {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (!probe()) {
    if (performance.now() > giveUpAt) throw new Error(`It did not come to this: ${what}`);
    await pause(everyMs);
  }
};

/** What a cloud still has to do: stream records and messages that are not settled, whoever holds them. */
const unsettled = ({ resources, engines, sources }: Cloud): number => {
  const held = [...sources.streams.values(), ...sources.queues.values()].map(({ stats }) => stats.pending);
  const queued = ofType(resources, 'AWS::SQS::Queue').map(({ physicalName }) => {
    const depth = engines.sqs.queue(physicalName)?.depth();
    return depth ? depth.visible + depth.inFlight + depth.delayed : 0;
  });
  return [...held, ...queued].reduce((total, count) => total + count, 0);
};

/** Resolves once nothing that was published is on its way any more. A quarantined message is never settled. */
export const settled = (cloud: Cloud): Promise<void> =>
  waitFor('nothing is on its way any more', () => unsettled(cloud) === 0);
