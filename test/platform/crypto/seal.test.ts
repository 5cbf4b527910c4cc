import { randomBytes } from 'node:crypto';
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EncryptionContext, makeOpen, makeSeal, type Sealed } from '#functions/platform/crypto/seal.ts';
import type { KmsServer } from '#local/kms/server.ts';
import { arnOf, clientOf, KEY, kmsWithKeys, OTHER_KEY } from '../../local/kms/kms-setup.ts';

const context = { tenant_id: 'ten_1', connection_id: 'con_1', purpose: 'connection_secrets' };
const PARTS = ['wrapped_key', 'iv', 'ciphertext', 'tag'] as const;

const calls: string[] = [];
let kms: KmsServer;
let client: KMSClient;
let seal: ReturnType<typeof makeSeal>;
let open: ReturnType<typeof makeOpen>;
beforeAll(async () => {
  kms = await kmsWithKeys({ onRequest: ({ operation }) => calls.push(operation) });
  client = clientOf(kms.endpoint);
  seal = makeSeal(client, arnOf(KEY));
  open = makeOpen(client, arnOf(KEY));
});
afterAll(async () => {
  client.destroy();
  await kms.close();
});

const flipped = (sealed: Sealed, part: (typeof PARTS)[number], at: number, bit: number): Sealed => {
  const bytes = Uint8Array.from(sealed[part]);
  const index = at % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
  return { ...sealed, [part]: bytes };
};

const callsOf = async (work: Promise<unknown>): Promise<readonly string[]> => {
  calls.length = 0;
  await work;
  return [...calls];
};

describe('a sealed text', () => {
  it('opens to any text that was sealed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 2000 }), async (text) => {
        expect(await open(await seal(text, context), context)).toBe(text);
      }),
      { numRuns: 40 },
    );
  });

  it('shows nothing of its text, and is never twice the same', async () => {
    const [one, two] = await Promise.all([
      seal('plainly visible', context),
      seal('plainly visible', context),
    ]);
    const all = Buffer.concat(PARTS.map((part) => one[part])).toString('latin1');
    expect(all).not.toContain('visible');
    for (const part of PARTS) expect(Buffer.compare(one[part], two[part])).not.toBe(0);
  });

  it('opens whatever the order in which the context was written', async () => {
    const sealed = await seal('text', context);
    const reversed = Object.fromEntries(Object.entries(context).reverse());
    expect(await open(sealed, reversed)).toBe('text');
  });

  const others: [string, EncryptionContext][] = [
    ['another tenant', { ...context, tenant_id: 'ten_2' }],
    ['another connection', { ...context, connection_id: 'con_2' }],
    ['another purpose', { ...context, purpose: 'oauth_state' }],
    ['one more field', { ...context, extra: '' }],
    ['no context', {}],
  ];

  it.each(others)('is refused by KMS under %s', async (_name, other) => {
    const sealed = await seal('text', context);
    await expect(open(sealed, other)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  });

  it.each(others)('is refused by the cipher itself under %s, whatever KMS says', async (_name, other) => {
    const key = randomBytes(32);
    const answer = () => ({ Plaintext: Uint8Array.from(key), CiphertextBlob: Uint8Array.of(1) });
    const careless = clientOf(kms.endpoint);
    mockClient(careless).on(GenerateDataKeyCommand).callsFake(answer).on(DecryptCommand).callsFake(answer);
    const sealed = await makeSeal(careless, KEY)('text', context);
    expect(await makeOpen(careless, KEY)(sealed, context)).toBe('text');
    await expect(makeOpen(careless, KEY)(sealed, other)).rejects.toThrow('authenticate');
  });

  it('is refused after any flipped bit in any of its parts', async () => {
    const sealed = await seal('a text of some length', context);
    const bit = fc.nat({ max: 7 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PARTS), fc.nat(), bit, async (part, at, which) => {
        await expect(open(flipped(sealed, part, at, which), context)).rejects.toThrow();
      }),
      { numRuns: 80 },
    );
  });

  it('is refused under another key', async () => {
    const sealed = await seal('text', context);
    await expect(makeOpen(client, arnOf(OTHER_KEY))(sealed, context)).rejects.toThrow();
  });

  it('costs one KMS call to make and one to open', async () => {
    const sealing = seal('text', context);
    expect(await callsOf(sealing)).toEqual(['GenerateDataKey']);
    expect(await callsOf(open(await sealing, context))).toEqual(['Decrypt']);
  });

  it('is not made of an answer without a key', async () => {
    const empty = clientOf(kms.endpoint);
    const sealed = await seal('text', context);
    mockClient(empty).on(GenerateDataKeyCommand).resolves({}).on(DecryptCommand).resolves({});
    await expect(makeSeal(empty, KEY)('text', context)).rejects.toThrow('without a data key');
    await expect(makeOpen(empty, KEY)(sealed, context)).rejects.toThrow('without a data key');
  });
});
