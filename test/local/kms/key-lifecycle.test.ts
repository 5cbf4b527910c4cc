import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CancelKeyDeletionCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
  ListAliasesCommand,
  ListKeyRotationsCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KmsServer } from '../../../local/kms/server.ts';
import { manualClock } from '../../../local/manual-clock.ts';
import { ACCOUNT, arnOf, clientOf, KEY, kmsWithKeys, OTHER_KEY, REGION, START_MS } from './kms-setup.ts';

const DAY_MS = 86_400_000;
const plaintext = Buffer.from('kept');

let directory: string;
let file: string;
let clock: ReturnType<typeof manualClock>;
let kms: KmsServer;
let client: KMSClient;

const start = async (): Promise<void> => {
  kms = await kmsWithKeys({ file, clock });
  client = clientOf(kms.endpoint);
};
const stop = async (): Promise<void> => {
  client.destroy();
  await kms.close();
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kms-'));
  file = join(directory, 'keys.json');
  clock = manualClock(START_MS);
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(directory, { recursive: true });
});

const encrypt = async (KeyId = KEY): Promise<Uint8Array | undefined> =>
  (await client.send(new EncryptCommand({ KeyId, Plaintext: plaintext }))).CiphertextBlob;
const decrypt = async (CiphertextBlob: Uint8Array | undefined): Promise<Buffer> =>
  Buffer.from((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext ?? []);
const describeKey = async (KeyId = KEY) => (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;

describe('keys', () => {
  it('describe themselves by alias, with the account and region of the template', async () => {
    expect(await describeKey('alias/secrets')).toMatchObject({
      AWSAccountId: ACCOUNT,
      Arn: arnOf(KEY),
      CreationDate: new Date(START_MS),
      Description: 'secrets',
      Enabled: true,
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyState: 'Enabled',
    });
  });

  it('are listed by their aliases', async () => {
    const AliasArn = `arn:aws:kms:${REGION}:${ACCOUNT}:alias/secrets`;
    const expected = [{ AliasName: 'alias/secrets', AliasArn, TargetKeyId: KEY }];
    expect((await client.send(new ListAliasesCommand({}))).Aliases).toEqual(expected);
    expect((await client.send(new ListAliasesCommand({ KeyId: OTHER_KEY }))).Aliases).toEqual([]);
  });

  it('encrypt and decrypt nothing while disabled', async () => {
    const blob = await encrypt();
    await client.send(new DisableKeyCommand({ KeyId: KEY }));
    await expect(decrypt(blob)).rejects.toMatchObject({ name: 'DisabledException' });
    await expect(encrypt()).rejects.toMatchObject({ name: 'DisabledException' });
    await client.send(new EnableKeyCommand({ KeyId: KEY }));
    expect(await decrypt(blob)).toEqual(plaintext);
  });

  it('decrypt nothing while their deletion is pending, and come back disabled when it is cancelled', async () => {
    const blob = await encrypt();
    const scheduled = await client.send(
      new ScheduleKeyDeletionCommand({ KeyId: KEY, PendingWindowInDays: 7 }),
    );
    expect(scheduled.DeletionDate).toEqual(new Date(START_MS + 7 * DAY_MS));
    await expect(decrypt(blob)).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
    await expect(client.send(new EnableKeyCommand({ KeyId: KEY }))).rejects.toMatchObject({
      name: 'KMSInvalidStateException',
    });
    await client.send(new CancelKeyDeletionCommand({ KeyId: KEY }));
    expect(await describeKey()).toMatchObject({ KeyState: 'Disabled' });
    await client.send(new EnableKeyCommand({ KeyId: KEY }));
    expect(await decrypt(blob)).toEqual(plaintext);
  });

  it('are gone once the waiting period is over', async () => {
    await client.send(new ScheduleKeyDeletionCommand({ KeyId: KEY, PendingWindowInDays: 7 }));
    await clock.advance(7 * DAY_MS);
    await expect(describeKey()).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

describe('rotation', () => {
  it('changes the material and keeps old ciphertexts readable', async () => {
    const before = await encrypt();
    const material = (await describeKey())?.CurrentKeyMaterialId;
    await clock.advance(DAY_MS);
    await client.send(new RotateKeyOnDemandCommand({ KeyId: KEY }));
    const after = (await describeKey())?.CurrentKeyMaterialId;
    expect(after).not.toBe(material);
    expect(await decrypt(before)).toEqual(plaintext);
    expect((await client.send(new ListKeyRotationsCommand({ KeyId: KEY }))).Rotations).toEqual([
      {
        KeyId: arnOf(KEY),
        KeyMaterialId: after,
        KeyMaterialState: 'CURRENT',
        RotationDate: new Date(START_MS + DAY_MS),
        RotationType: 'ON_DEMAND',
      },
    ]);
  });

  it('on demand ends after 25 times', async () => {
    for (let count = 0; count < 25; count++) await client.send(new RotateKeyOnDemandCommand({ KeyId: KEY }));
    await expect(client.send(new RotateKeyOnDemandCommand({ KeyId: KEY }))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
  });

  it('reports whether it is enabled', async () => {
    const status = (KeyId: string) => client.send(new GetKeyRotationStatusCommand({ KeyId }));
    expect(await status(KEY)).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 });
    expect(await status(OTHER_KEY)).toMatchObject({ KeyRotationEnabled: false });
  });
});

describe('the key file', () => {
  it('lets everything decrypt after a restart, old material included', async () => {
    const before = await encrypt();
    await client.send(new RotateKeyOnDemandCommand({ KeyId: KEY }));
    const after = await encrypt('alias/secrets');
    await client.send(new DisableKeyCommand({ KeyId: OTHER_KEY }));
    await stop();
    await start();
    expect(await decrypt(before)).toEqual(plaintext);
    expect(await decrypt(after)).toEqual(plaintext);
    expect(await describeKey(OTHER_KEY)).toMatchObject({ KeyState: 'Disabled' });
  });

  it('can be read by its owner only, even after a leftover of a crash', async () => {
    writeFileSync(`${file}.tmp`, 'half', { mode: 0o644 });
    await client.send(new RotateKeyOnDemandCommand({ KeyId: KEY }));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('keys');
  });

  it('stops the start when it is damaged', async () => {
    writeFileSync(file, '{"keys":');
    await expect(kmsWithKeys({ file })).rejects.toThrow(/key file .* is damaged/);
  });
});
