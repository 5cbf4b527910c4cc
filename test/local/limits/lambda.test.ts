import { expect, it } from 'vitest';
import { functionOf } from '../lambda/function-fixture.ts';

const MIB = 1024 * 1024;

it('an event of 6 MB reaches the function, and one of a byte more does not', async () => {
  const { fn, invocations } = functionOf(`export const handler = async (event) => event.length`);
  const eventOf = (bytes: number) => 'x'.repeat(bytes - '""'.length);
  expect(await fn.invoke(eventOf(6 * MIB))).toEqual({ ok: true, payload: 6 * MIB - 2 });
  expect(await fn.invoke(eventOf(6 * MIB + 1))).toEqual({
    ok: false,
    reason: 'error',
    error: {
      errorType: 'RequestEntityTooLargeException',
      errorMessage: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
    },
  });
  expect(invocations).toHaveLength(1);
});

it('the bytes of an event are those of its JSON in UTF-8', async () => {
  const { fn } = functionOf(`export const handler = async (event) => event.length`);
  expect((await fn.invoke({ a: 'é'.repeat(3 * MIB - 4) })).ok).toBe(true);
  expect((await fn.invoke({ a: 'é'.repeat(3 * MIB - 3) })).ok).toBe(false);
});
