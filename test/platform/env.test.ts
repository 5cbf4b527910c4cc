import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { readEnv } from '#functions/platform/env.ts';

const Schema = z.object({
  TEST_TABLE: z.string(),
  TEST_DAYS: z.coerce.number().int().min(1),
  TEST_URL: z.url(),
});

const given = (values: Record<string, string>) => {
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
};

describe('readEnv', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('gives the declared variables, parsed, and no other', () => {
    given({ TEST_TABLE: 'table', TEST_DAYS: '30', TEST_URL: 'https://example.com/q', TEST_OTHER: 'x' });
    expect(readEnv(Schema)).toEqual({
      TEST_TABLE: 'table',
      TEST_DAYS: 30,
      TEST_URL: 'https://example.com/q',
    });
  });

  it('throws the names of all variables at fault, never a value', () => {
    given({ TEST_DAYS: 'canary-1', TEST_URL: 'canary-2' });
    expect(() => readEnv(Schema)).toThrow(
      new Error('The environment is not as declared: TEST_TABLE, TEST_DAYS, TEST_URL'),
    );
  });
});
