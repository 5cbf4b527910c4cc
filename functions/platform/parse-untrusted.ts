import * as z from 'zod';

/**
 * Whether some object in a JSON value has a `length` that is an object. zod compares the `length` of anything that has
 * one, whatever its type, and an object may lack what a comparison needs.
 */
export const hasStrangeLength = (value: unknown): boolean => {
  // Not by recursion: the value may be nested deeper than the stack.
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    for (const [name, inner] of Object.entries(next)) {
      if (name === 'length' && typeof inner === 'object') return true;
      waiting.push(inner);
    }
  }
  return false;
};

export type Parsed<T> =
  | { readonly success: true; readonly data: T; readonly error?: undefined }
  | { readonly success: false; readonly error: z.ZodError };

/** `safeParse` for JSON that came from outside: what makes zod itself throw is invalid too, and fails as a whole. */
export const parseUntrusted = <T extends z.ZodType>(schema: T, value: unknown): Parsed<z.output<T>> => {
  try {
    return schema.safeParse(value);
  } catch (error) {
    if (!hasStrangeLength(value)) throw error;
    const message = 'has a length that is not a number';
    return {
      success: false,
      error: new z.ZodError([{ code: 'custom', path: [], message, input: undefined }]),
    };
  }
};
