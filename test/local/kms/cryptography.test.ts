import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KmsServer } from '../../../local/kms/server.ts';
import { arnOf, clientOf, KEY, kmsWithKeys, OTHER_KEY } from './kms-setup.ts';

const context = { tenant_id: 't1', connection_id: 'c1', purpose: 'secret' };
const plaintext = Buffer.from('a secret');
const invalidCiphertext = { name: 'InvalidCiphertextException', $metadata: { httpStatusCode: 400 } };

let kms: KmsServer;
let client: ReturnType<typeof clientOf>;
beforeAll(async () => {
  kms = await kmsWithKeys();
  client = clientOf(kms.endpoint);
});
afterAll(async () => {
  client.destroy();
  await kms.close();
});

const sealed = async (): Promise<Uint8Array> => {
  const command = new EncryptCommand({ KeyId: KEY, Plaintext: plaintext, EncryptionContext: context });
  return (await client.send(command)).CiphertextBlob ?? new Uint8Array();
};

describe('data keys', () => {
  it('come with a ciphertext that decrypts to the same bytes, under any order of the context', async () => {
    const made = await client.send(
      new GenerateDataKeyCommand({ KeyId: 'alias/secrets', KeySpec: 'AES_256', EncryptionContext: context }),
    );
    const opened = await client.send(
      new DecryptCommand({
        CiphertextBlob: made.CiphertextBlob,
        EncryptionContext: Object.fromEntries(Object.entries(context).reverse()),
      }),
    );
    expect(made.Plaintext).toHaveLength(32);
    expect(opened.Plaintext).toEqual(made.Plaintext);
    expect(made.KeyId).toBe(arnOf(KEY));
    expect(opened).toMatchObject({
      KeyId: arnOf(KEY),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyMaterialId: made.KeyMaterialId,
    });
  });

  it('come without plaintext when asked so', async () => {
    const made = await client.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: arnOf(KEY), NumberOfBytes: 16 }),
    );
    expect(made).not.toHaveProperty('Plaintext');
    const opened = await client.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }));
    expect(opened.Plaintext).toHaveLength(16);
  });

  it.each([{}, { KeySpec: 'AES_256', NumberOfBytes: 32 }, { NumberOfBytes: 1025 }, { KeySpec: 'AES_512' }])(
    'need exactly one valid size, which %j is not',
    async (size) => {
      const command = new GenerateDataKeyCommand({ KeyId: KEY, ...(size as object) });
      await expect(client.send(command)).rejects.toMatchObject({ name: 'ValidationException' });
    },
  );
});

describe('decryption', () => {
  it.each([
    ['another value', { ...context, tenant_id: 't2' }],
    ['another case', { ...context, purpose: 'Secret' }],
    ['one entry less', { tenant_id: 't1', connection_id: 'c1' }],
    ['no context', undefined],
  ])('fails without a message under %s', async (_, wrong) => {
    const error = await client
      .send(new DecryptCommand({ CiphertextBlob: await sealed(), EncryptionContext: wrong }))
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject(invalidCiphertext);
    expect(String(error)).not.toContain('secret');
  });

  it('does not take one context for another whose joined text is the same', async () => {
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId: KEY, Plaintext: plaintext, EncryptionContext: { a: 'bc' } }),
    );
    const command = new DecryptCommand({ CiphertextBlob, EncryptionContext: { ab: 'c' } });
    await expect(client.send(command)).rejects.toMatchObject(invalidCiphertext);
  });

  it('fails for a ciphertext with any bit flipped or any tail missing', async () => {
    const blob = await sealed();
    const refused = (bytes: Uint8Array) =>
      expect(
        client.send(new DecryptCommand({ CiphertextBlob: bytes, EncryptionContext: context })),
      ).rejects.toMatchObject(invalidCiphertext);
    const damage = fc.tuple(fc.nat(blob.length - 1), fc.nat(7), fc.boolean());
    await fc.assert(
      fc.asyncProperty(damage, async ([at, bit, cut]) => {
        const flipped = Uint8Array.from(blob, (byte, index) => (index === at ? byte ^ (1 << bit) : byte));
        await refused(cut ? blob.subarray(0, Math.max(at, 1)) : flipped);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a ciphertext of another key than the one demanded', async () => {
    const command = new DecryptCommand({
      CiphertextBlob: await sealed(),
      EncryptionContext: context,
      KeyId: OTHER_KEY,
    });
    await expect(client.send(command)).rejects.toMatchObject({ name: 'IncorrectKeyException' });
  });

  it('returns any plaintext of 1 to 4096 bytes in at most 6144 bytes of ciphertext', async () => {
    const largest = Buffer.alloc(4096, 7);
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: KEY, Plaintext: largest }));
    expect(CiphertextBlob?.length).toBeLessThanOrEqual(6144);
    const opened = await client.send(new DecryptCommand({ CiphertextBlob }));
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(largest);
    const tooLarge = new EncryptCommand({ KeyId: KEY, Plaintext: Buffer.alloc(4097) });
    await expect(client.send(tooLarge)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('re-encryption', () => {
  it('moves a ciphertext to another key and context', async () => {
    const moved = await client.send(
      new ReEncryptCommand({
        CiphertextBlob: await sealed(),
        SourceEncryptionContext: context,
        DestinationKeyId: OTHER_KEY,
        DestinationEncryptionContext: { tenant_id: 't2' },
      }),
    );
    expect(moved).toMatchObject({ SourceKeyId: arnOf(KEY), KeyId: arnOf(OTHER_KEY) });
    const opened = await client.send(
      new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob, EncryptionContext: { tenant_id: 't2' } }),
    );
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(plaintext);
  });
});

describe('refusals', () => {
  it.each([
    ['9a9a9a9a-0000-4000-8000-000000000000', /^Key 'arn:aws:kms:.*' does not exist$/],
    ['alias/nope', /^Alias arn:aws:kms:.*:alias\/nope is not found\.$/],
    [`arn:aws:kms:us-east-1:123456789012:key/${KEY}`, /Invalid arn us-east-1/],
    [`arn:aws:kms:eu-west-1:999999999999:key/${KEY}`, /does not exist/],
  ])('name the key %s that is not there', async (KeyId, message) => {
    const command = new EncryptCommand({ KeyId, Plaintext: plaintext });
    await expect(client.send(command)).rejects.toMatchObject({
      name: 'NotFoundException',
      message: expect.stringMatching(message),
    });
  });

  it('cover malformed ARNs, foreign algorithms and dry runs', async () => {
    const base = { KeyId: KEY, Plaintext: plaintext };
    const refused = (changes: object, name: string) =>
      expect(client.send(new EncryptCommand({ ...base, ...changes }))).rejects.toMatchObject({ name });
    await refused({ KeyId: 'arn:aws:sqs:eu-west-1:1:q' }, 'InvalidArnException');
    await refused({ EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' }, 'InvalidKeyUsageException');
    await refused({ DryRun: true }, 'DryRunOperationException');
    await refused({ KeyId: undefined }, 'ValidationException');
  });
});
