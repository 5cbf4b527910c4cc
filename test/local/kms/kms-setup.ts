import { KMSClient } from '@aws-sdk/client-kms';
import type { Clock } from '../../../local/clock.ts';
import { type KmsServer, startKms } from '../../../local/kms/server.ts';
import { manualClock } from '../../../local/manual-clock.ts';

export const KEY = '11111111-2222-4333-8444-555555555555';
export const OTHER_KEY = '99999999-2222-4333-8444-555555555555';
export const REGION = 'eu-west-1';
export const ACCOUNT = '123456789012';
export const START_MS = Date.UTC(2030, 0, 1);
export const arnOf = (keyId: string): string => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${keyId}`;

export const kmsWithKeys = async (
  options: {
    file?: string;
    clock?: Clock;
    onRequest?: (call: { operation: string; caller: string }) => void;
  } = {},
): Promise<KmsServer> => {
  const kms = await startKms({ region: REGION, account: ACCOUNT, clock: manualClock(START_MS), ...options });
  kms.ensureKey(KEY, { description: 'secrets', rotationEnabled: true });
  kms.ensureKey(OTHER_KEY, {});
  kms.ensureAlias('alias/secrets', KEY);
  return kms;
};

export const clientOf = (endpoint?: string): KMSClient =>
  new KMSClient({
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...(endpoint && { endpoint }),
  });
