import * as z from 'zod';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const Env = z.object({
  /** SHA-256 of each operator token in hex, separated by commas: the tokens themselves are nowhere in AWS. */
  OPERATOR_TOKEN_HASHES: z.string().transform((text, context) => {
    const hashes = z.array(Sha256).safeParse(text.split(',').filter((hash) => hash !== ''));
    if (hashes.success) return hashes.data;
    context.issues.push({ code: 'custom', message: 'must be hex SHA-256 hashes', input: '' });
    return z.NEVER;
  }),
});
export type Env = z.input<typeof Env>;
