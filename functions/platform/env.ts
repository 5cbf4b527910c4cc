import type * as z from 'zod';

/**
 * Reads a function's environment once, at import: a bad deployment fails at init and not at the first event.
 * @throws Error that names the variables at fault, never their values
 */
export const readEnv = <T extends z.ZodType>(schema: T): z.infer<T> => {
  const result = schema.safeParse(process.env);
  if (result.success) return result.data;
  const names = result.error.issues.map((issue) => issue.path.join('.'));
  throw new Error(`The environment is not as declared: ${names.join(', ')}`);
};
