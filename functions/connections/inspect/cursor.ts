import type * as z from 'zod';

/** A place in a list as an opaque text. It holds keys of what its reader was shown, and decides nothing. */
export const toCursor = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** The place that a cursor is; undefined when it is none of ours. */
export const fromCursor = <T extends z.ZodType>(schema: T, cursor: string): z.infer<T> | undefined => {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
};
