import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '#functions/platform/crypto/secret.ts';

// Framed by characters that no placeholder and no rendering of an object has.
const value = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `§${text}§`);

const printed = (...values: unknown[]): string => {
  let text = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  new Console({ stdout, stderr: stdout }).log(...values);
  return text;
};

const renderings: Record<string, (secret: Secret) => string> = {
  'String()': String,
  'a template literal': (secret) => `${secret}`,
  concatenation: (secret) => `a${secret as unknown as string}`,
  'JSON.stringify': (secret) => JSON.stringify({ secret, list: [secret] }),
  'util.inspect': (secret) => inspect({ secret }, { depth: null, showHidden: true, getters: true }),
  'util.inspect without custom inspection': (secret) => inspect(secret, { customInspect: false }),
  'util.format': (secret) => format('%s %o %O %j %d', secret, secret, secret, secret, secret),
  'console.log': (secret) => printed('secret: %s', secret, { secret }),
  'the message of an error': (secret) => String(new Error(`bad ${secret}`, { cause: secret })),
  'an error with it as a cause': (secret) => inspect(new Error('bad', { cause: secret })),
  spread: (secret) => JSON.stringify({ ...secret }),
  'Object.entries': (secret) => JSON.stringify(Object.entries(secret)),
  'own property names': (secret) => Reflect.ownKeys(secret).map(String).join(),
  structuredClone: (secret) => inspect(structuredClone(secret), { showHidden: true }),
  'v8 serialization': (secret) =>
    serialize(secret).toString('latin1') + serialize(secret).toString('utf16le'),
};

describe('a secret', () => {
  it.each(Object.keys(renderings))('never shows its value in %s', (name) => {
    fc.assert(
      fc.property(value, (text) => {
        expect(renderings[name]?.(new Secret(text))).not.toContain('§');
      }),
    );
  });

  it.each(['String()', 'JSON.stringify', 'util.inspect', 'console.log'])(
    'shows a placeholder in %s, so that one sees that something is there',
    (name) => {
      expect(renderings[name]?.(new Secret('x'))).toContain('[secret]');
    },
  );

  it('gives any value back unchanged where it is used', () => {
    fc.assert(fc.property(value, (text) => new Secret(text).reveal() === text));
  });
});
