import {
  DecryptCommand,
  type KMSClient,
  ReEncryptCommand,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal, makeRewrap } from '#functions/platform/crypto/rewrap.ts';
import { makeOpen, makeSeal } from '#functions/platform/crypto/seal.ts';
import type { KmsServer } from '#local/kms/server.ts';
import { arnOf, clientOf, KEY, kmsWithKeys, OTHER_KEY } from '../../local/kms/kms-setup.ts';

const context = { tenant_id: 'ten_1', connection_id: 'con_1', purpose: 'connection_secrets' };

const calls: string[] = [];
let kms: KmsServer;
let client: KMSClient;
beforeAll(async () => {
  kms = await kmsWithKeys({ onRequest: ({ operation }) => calls.push(operation) });
  client = clientOf(kms.endpoint);
});
afterAll(async () => {
  client.destroy();
  await kms.close();
});

const sealed = (text = 'a secret') => makeSeal(client, arnOf(KEY))(text, context);
const rewrap: ReturnType<typeof makeRewrap> = (...args) => makeRewrap(client, arnOf(KEY))(...args);
const rotate = () => client.send(new RotateKeyOnDemandCommand({ KeyId: KEY }));

const materialOf = async (wrapped: Uint8Array) => {
  const command = new DecryptCommand({ CiphertextBlob: wrapped, EncryptionContext: context });
  return (await client.send(command)).KeyMaterialId;
};

describe('a data key that is wrapped anew', () => {
  it('is under the material of now, and what it sealed is as it was', async () => {
    const before = await sealed('ö');
    await rotate();
    calls.length = 0;
    const anew = await rewrap(before, context);
    expect(calls).toEqual(['ReEncrypt']);
    expect(await materialOf(anew.wrapped_key)).not.toBe(await materialOf(before.wrapped_key));
    expect({ ...anew, wrapped_key: before.wrapped_key }).toEqual(before);
    expect(await makeOpen(client, arnOf(KEY))(anew, context)).toBe('ö');
  });

  it('is the very same where the material of now has wrapped it', async () => {
    const before = await sealed();
    expect(await rewrap(before, context)).toBe(before);
  });

  it('is taken where KMS does not say which materials were used', async () => {
    const before = await sealed();
    const CiphertextBlob = new Uint8Array([1]);
    const silent = clientOf(kms.endpoint);
    mockClient(silent).on(ReEncryptCommand).resolves({ CiphertextBlob });
    expect(await makeRewrap(silent, arnOf(KEY))(before, context)).toEqual({
      ...before,
      wrapped_key: CiphertextBlob,
    });
  });
});

describe('a refusal', () => {
  const thrown = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error) => error,
    );

  it.each([
    ['another context', async () => rewrap(await sealed(), { ...context, tenant_id: 'ten_2' })],
    ['another key', async () => makeRewrap(client, arnOf(OTHER_KEY))(await sealed(), context)],
    ['no ciphertext', () => rewrap({ wrapped_key: new Uint8Array([1, 2, 3]) }, context)],
    ['nothing', () => rewrap({ wrapped_key: new Uint8Array() }, context)],
  ])('is about the ciphertext: %s', async (_, work) => {
    expect(isRefusal(await thrown(work()))).toBe(true);
  });

  it('is not what KMS says of a key, of a caller or of itself', async () => {
    const unknown = await thrown(
      makeRewrap(client, arnOf(KEY.replaceAll('1', '7')))(await sealed(), context),
    );
    const names = ['DisabledException', 'AccessDeniedException', 'ThrottlingException', 'TimeoutError'];
    const errors = names.map((name) => Object.assign(new Error('no'), { name }));
    expect([unknown, ...errors].filter(isRefusal)).toEqual([]);
  });
});
