import { EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KmsServer } from '../../../local/kms/server.ts';
import { clientOf, KEY, kmsWithKeys, REGION } from './kms-setup.ts';

let kms: KmsServer;
let calls: { operation: string; caller: string }[];
beforeEach(async () => {
  calls = [];
  kms = await kmsWithKeys({ onRequest: (call) => calls.push(call) });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await kms.close();
});

const post = (target: string, body: string) =>
  fetch(kms.endpoint, { method: 'POST', headers: { 'x-amz-target': target }, body });

describe('the KMS endpoint', () => {
  it('names the caller from the path of the endpoint, also when that comes from the environment', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_KMS', `${kms.endpoint}/as/deliver%20worker`);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    const command = new EncryptCommand({ KeyId: KEY, Plaintext: Buffer.from('x') });
    await new KMSClient({ region: REGION }).send(command);
    await clientOf(kms.endpoint).send(command);
    expect(calls).toEqual([
      { operation: 'Encrypt', caller: 'deliver worker' },
      { operation: 'Encrypt', caller: '' },
    ]);
  });

  it('speaks AWS JSON 1.1 and listens on loopback only', async () => {
    const reply = await post('TrentService.DescribeKey', JSON.stringify({ KeyId: KEY }));
    expect(new URL(kms.endpoint).hostname).toBe('127.0.0.1');
    expect(reply.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(reply.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['TrentService.CreateGrant', '{}', 'UnknownOperationException'],
    ['Nonsense', '{}', 'UnknownOperationException'],
    ['TrentService.Encrypt', '{', 'SerializationException'],
    ['TrentService.Encrypt', '[]', 'SerializationException'],
    ['TrentService.Encrypt', '{"KeyId":1,"Plaintext":"eA=="}', 'SerializationException'],
    [
      'TrentService.Encrypt',
      '{"KeyId":"k","Plaintext":"eA==","EncryptionContext":{"a":1}}',
      'SerializationException',
    ],
  ])('refuses %s with %s as %s', async (target, body, type) => {
    const reply = await post(target, body);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual({ __type: type });
  });

  it('refuses key ids and aliases that AWS could not have made', () => {
    expect(() => kms.ensureKey('my-key', {})).toThrow('uuid');
    expect(() => kms.ensureAlias('secrets', KEY)).toThrow('alias/');
    expect(() => kms.ensureAlias('alias/secrets', 'nope')).toThrow('does not exist');
  });
});
