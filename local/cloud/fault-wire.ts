import type { Worker } from '../faults/call.ts';
import { startWire, type Wire } from '../faults/wire.ts';
import type { LocalFunction } from '../lambda/function.ts';
import type { Engines } from './engines.ts';
import type { CloudOptions } from './options.ts';
import type { Stops } from './stops.ts';

/**
 * Puts a wire between functions and services, if there is anybody to decide about faults on it. Engines and functions are asked
 * for when the first call comes.
 */
export const startFaultWire = async (
  { faults, onLog }: CloudOptions,
  engines: () => Engines,
  kill: (worker: Worker) => void,
  stops: Stops,
): Promise<Wire | undefined> => {
  if (!faults) return undefined;
  const wire = await startWire({
    faults,
    services: () => {
      const { gateway, sqs, kms, sts } = engines();
      return {
        dynamodb: gateway.endpoint,
        sqs: sqs.endpoint,
        kms: kms.endpoint,
        sts: sts.endpoint,
      };
    },
    kill,
    onError: (error) => onLog?.({ functionName: 'wire', line: String(error) }),
  });
  stops.add(wire.close);
  return wire;
};

/** Kills one execution environment of the function of that name; nothing when there is no such function or environment. */
export const killWorker = (functions: ReadonlyMap<string, LocalFunction>, worker: Worker): void => {
  for (const { name, kill } of functions.values())
    if (name === worker.functionName) kill(worker.environmentId);
};
