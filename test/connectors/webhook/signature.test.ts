import * as fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import {
  generateSigningSecret,
  isSigningSecret,
  sign,
} from '../../../functions/connectors/webhook/signature.ts';

const nowSeconds = () => Math.floor(Date.now() / 1000);
const signNow = (body: Uint8Array, secrets: readonly string[]) =>
  sign({ id: 'evt_1', timestampSeconds: nowSeconds(), body, secrets });

const secretOf = (bytes: Uint8Array) => `whsec_${Buffer.from(bytes).toString('base64')}`;
const secret = fc.uint8Array({ minLength: 24, maxLength: 64 }).map(secretOf);
const json = fc.json().map((text) => Buffer.from(text));

// The official client insists on a payload that it can parse, unless it is told not to.
const accepts = (key: string, body: Buffer, headers: Record<string, string>): boolean => {
  try {
    new Webhook(key).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
};

describe('sign', () => {
  it.each([
    {
      secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestampSeconds: 1614265330,
      body: '{"test": 2432232314}',
      signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    {
      secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'],
      id: 'msg_27UH4WbU6Z5A5EzD8u03UvzRbpk',
      timestampSeconds: 1649367553,
      body: '{"email":"test@example.com","username":"test_user"}',
      signature: 'v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=',
    },
  ])('reproduces the published vector of $id', ({ signature, body, ...input }) => {
    expect(sign({ ...input, body: Buffer.from(body) })).toEqual({
      'webhook-id': input.id,
      'webhook-timestamp': String(input.timestampSeconds),
      'webhook-signature': signature,
    });
  });

  it('satisfies the official client for any secret and any body', () => {
    fc.assert(fc.property(secret, json, (key, body) => accepts(key, body, signNow(body, [key]))));
  });

  it('lets each secret alone verify while they rotate, newest first', () => {
    fc.assert(
      fc.property(secret, secret, json, (newest, older, body) => {
        const headers = signNow(body, [newest, older]);
        const [first] = headers['webhook-signature'].split(' ');
        expect(accepts(newest, body, headers) && accepts(older, body, headers)).toBe(true);
        expect(first).toBe(signNow(body, [newest])['webhook-signature'].split(' ')[0]);
      }),
      { numRuns: 50 },
    );
  });

  it('does not verify under any other secret', () => {
    fc.assert(
      fc.property(
        secret,
        secret,
        json,
        (key, other, body) => key === other || !accepts(other, body, signNow(body, [key])),
      ),
    );
  });

  it('does not verify after any flipped bit of the body', () => {
    const nonEmpty = fc.uint8Array({ minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(secret, nonEmpty, fc.nat(), fc.nat({ max: 7 }), (key, bytes, at, bit) => {
        const headers = signNow(bytes, [key]);
        const index = at % bytes.length;
        const flipped = Buffer.from(bytes.map((byte, i) => (i === index ? byte ^ (1 << bit) : byte)));
        return !accepts(key, flipped, headers);
      }),
    );
  });

  it('does not verify with another id or timestamp', () => {
    const key = generateSigningSecret();
    const body = Buffer.from('{}');
    const headers = signNow(body, [key]);
    expect(accepts(key, body, { ...headers, 'webhook-id': 'evt_2' })).toBe(false);
    const later = String(Number(headers['webhook-timestamp']) + 1);
    expect(accepts(key, body, { ...headers, 'webhook-timestamp': later })).toBe(false);
  });

  it('throws a TypeError that never quotes the malformed secret', () => {
    const malformed = fc.string({ minLength: 12 }).map((text) => `whsec_${text}!`);
    fc.assert(
      fc.property(malformed, (key) => {
        const attempt = () => signNow(new Uint8Array(), [generateSigningSecret(), key]);
        expect(attempt).toThrow(TypeError);
        expect(attempt).toThrow('a signing secret is malformed');
      }),
    );
  });

  it.each([
    ['no secret', { secrets: [] }],
    ['an id with a dot', { id: 'evt.1' }],
    ['an id that no header can carry', { id: 'evt_1\r\nx: y' }],
    ['an empty id', { id: '' }],
    ['a fraction of a second', { timestampSeconds: 1.5 }],
    ['a negative time', { timestampSeconds: -1 }],
  ])('throws a TypeError for %s', (_name, change) => {
    const input = {
      id: 'evt_1',
      timestampSeconds: 1,
      body: new Uint8Array(),
      secrets: [generateSigningSecret()],
    };
    expect(() => sign({ ...input, ...change })).toThrow(TypeError);
  });
});

describe('a signing secret', () => {
  it('is made of 32 random bytes', () => {
    expect(generateSigningSecret((bytes) => new Uint8Array(bytes).fill(1))).toBe(
      secretOf(new Uint8Array(32).fill(1)),
    );
    expect(generateSigningSecret()).not.toBe(generateSigningSecret());
    expect(isSigningSecret(generateSigningSecret())).toBe(true);
  });

  it('is valid with any 24 to 64 bytes, and with no other number', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(isSigningSecret(secretOf(bytes))).toBe(bytes.length >= 24 && bytes.length <= 64);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['without its prefix', (key: string) => key.slice('whsec_'.length)],
    ['with another prefix', (key: string) => key.replace('whsec_', 'whsk_')],
    ['without padding', (key: string) => key.replace(/=+$/, '')],
    ['in the URL alphabet', (key: string) => key.replaceAll('+', '-').replaceAll('/', '_')],
    ['with a space', (key: string) => `${key} `],
    ['with a line break within', (key: string) => `${key.slice(0, 20)}\n${key.slice(20)}`],
    ['with stray bits in its last character', (key: string) => key.replace(/8=$/, '9=')],
  ])('is refused %s', (_name, spoil) => {
    const key = secretOf(new Uint8Array(32).fill(0xff));
    expect(isSigningSecret(key)).toBe(true);
    expect(spoil(key)).not.toBe(key);
    expect(isSigningSecret(spoil(key))).toBe(false);
  });
});
