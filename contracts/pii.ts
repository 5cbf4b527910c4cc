import * as z from 'zod';

/** Personal fields of an event's data that an allowlist must name before they leave the product. */
export const piiFields = ['work_email'] as const;
export const PiiField = z.enum(piiFields);
