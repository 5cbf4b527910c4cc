import * as z from 'zod';

const Urls = z.record(z.string(), z.url());

/** JSON in a function's environment: connector type → URL of its lane. */
export const Lanes = z.string().transform((text, context) => {
  try {
    return Urls.parse(JSON.parse(text));
  } catch {
    context.issues.push({ code: 'custom', message: 'must be JSON of URLs by connector type', input: '' });
    return z.NEVER;
  }
});
