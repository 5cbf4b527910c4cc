import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Cancel, Clock } from '../clock.ts';
import { deleteExpired } from './delete-expired.ts';
import type { Expiries } from './expiries.ts';
import type { ExpiringTable } from './expiring-table.ts';

const INTERVAL_MS = 60_000;

export interface SweepingOptions {
  /** URL of the engine itself: DynamoDB does not bill the deletion of what has expired. */
  readonly endpoint: string;
  readonly tables: readonly ExpiringTable[];
  readonly clock: Clock;
  readonly expiries: Expiries;
  readonly onLog?: (line: string) => void;
}

export interface Sweeping {
  /** Deletes at once what has expired by now, and resolves with the number of items. Rejects as the client does. */
  readonly sweep: () => Promise<number>;
  /** Resolves when no sweep is under way any more. */
  readonly stop: () => Promise<void>;
}

const sweeper =
  (client: DynamoDBClient, { tables, clock, expiries }: SweepingOptions) =>
  async () => {
    let deleted = 0;
    for (const table of tables) deleted += await deleteExpired(client, table, clock.now(), expiries);
    return deleted;
  };

/** Deletes items soon after they have expired: every minute of the clock, where AWS takes up to a few days. */
export const startSweeping = (options: SweepingOptions): Sweeping => {
  const { endpoint, clock, onLog } = options;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
  const sweep = sweeper(client, options);
  let underWay: Promise<void> = Promise.resolve();
  let stopped = false;
  let cancel: Cancel = () => {};

  // Counted from its beginning, so that a clock that jumped meanwhile is followed by another sweep at once.
  const scheduleFrom = (startMs: number): void => {
    if (!stopped) cancel = clock.after(startMs + INTERVAL_MS - clock.now(), run);
  };
  const run = (): void => {
    const startMs = clock.now();
    underWay = sweep()
      .then(
        () => {},
        (error: unknown) => onLog?.(`expired items: ${error}`),
      )
      .then(() => scheduleFrom(startMs));
  };
  scheduleFrom(clock.now());

  return {
    sweep,
    async stop() {
      stopped = true;
      cancel();
      await underWay;
      client.destroy();
    },
  };
};
