import * as z from 'zod';

const NOTE_CHARACTERS_MAX = 500;

const EMAIL = /[^\s@]+@[^\s@]+\.[^\s@]+/;
const SIGNING_SECRET = /whsec_/;

/** Why someone changed something, in their own words. It is kept for long and shown to many, so it names nobody. */
export const Note = z
  .string()
  .trim()
  .min(1)
  // What is too long is not searched: the search for an address takes a time that grows with the square of it.
  .max(NOTE_CHARACTERS_MAX, { abort: true })
  .refine((note) => note.isWellFormed(), 'must be well-formed Unicode')
  .refine((note) => !EMAIL.test(note), 'must not hold an e-mail address')
  .refine((note) => !SIGNING_SECRET.test(note), 'must not hold a secret')
  .meta({ description: 'Why, for the record of activity. Never a secret, never personal data.' });
