import type { Envelope } from '#contracts/events.ts';
import { piiFields } from '#contracts/pii.ts';

/** The envelope without the personal fields that `allowlist` does not name. */
export const withoutPii = (envelope: Envelope, allowlist: readonly string[]): Envelope => {
  const forbidden = piiFields.filter((field) => !allowlist.includes(field) && field in envelope.data);
  if (forbidden.length === 0) return envelope;
  const data = Object.fromEntries(
    Object.entries(envelope.data).filter(([name]) => !forbidden.some((field) => field === name)),
  );
  return { ...envelope, data: { ...data, subject: envelope.data.subject } };
};
