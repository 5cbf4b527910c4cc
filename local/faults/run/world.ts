import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiTarget, connectWebhook, tenantCalls } from '../../api-client.ts';
import { operatorTokens, tokenHashes } from '../../cli.ts';
import { boot, type Cloud } from '../../cloud/boot.ts';
import { killWorker } from '../../cloud/fault-wire.ts';
import { type TravelClock, travelClock } from '../../travel-clock.ts';
import type { Faults } from '../fault.ts';
import { startWire } from '../wire.ts';
import { type Destination, startDestination } from './destination.ts';

/** A cloud with faults, on data and a clock that outlive its restarts, and the destination of all its tenants. */
export interface World {
  readonly clock: TravelClock;
  readonly destination: Destination;
  readonly cloud: () => Cloud;
  readonly api: () => ApiTarget;
  /** Makes a tenant with an enabled webhook connection to the destination. */
  readonly connect: (tenantId: string) => Promise<void>;
  /** Stops everything and starts it again on the same data. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface WorldOptions {
  readonly assemblyDir: string;
  readonly faults: Faults;
  readonly mustRepeat: (eventName: string) => boolean;
  readonly onLine?: (line: string) => void;
}

export const startWorld = async ({
  assemblyDir,
  faults,
  mustRepeat,
  onLine,
}: WorldOptions): Promise<World> => {
  const dataDir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'crossdock-faults-'));
  const clock = travelClock();
  const tokens = operatorTokens({});
  const start = (): Promise<Cloud> =>
    boot({
      assemblyDir,
      dataDir,
      port: 0,
      clock,
      faults,
      parameters: { OperatorTokenHashes: tokenHashes(tokens), LoopbackDestinations: 'allow' },
      onLog: ({ functionName, line }) => onLine?.(`${functionName}: ${line}`),
    });
  let cloud = await start();
  const destination = await startDestination(mustRepeat);
  // Apart from the cloud's own, so that its address in the connections outlives a restart.
  const wire = await startWire({ faults, kill: (worker) => killWorker(cloud.functions, worker) });
  const api = (): ApiTarget => ({ apiUrl: cloud.url, operatorToken: tokens.tokens[0] });
  return {
    clock,
    destination,
    cloud: () => cloud,
    api,
    async connect(tenantId) {
      const url = wire.destination(destination.url);
      const created = await connectWebhook(tenantCalls(api(), tenantId, 400), tenantId, url);
      const { signing_secret: secret } = created['secrets'] as { readonly signing_secret: string };
      destination.trust(tenantId, secret);
    },
    async restart() {
      await cloud.stop();
      cloud = await start();
    },
    async close() {
      await cloud.stop();
      await wire.close();
      await destination.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
