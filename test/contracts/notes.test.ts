import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Note } from '#contracts/notes.ts';

const issuesOf = (note: string) => Note.safeParse(note).error?.issues.map(({ message }) => message) ?? [];

describe('a note', () => {
  it.each(['Agreed at onboarding', 'a @ b', 'see #42 @ 9:30', 'ö 👩🏽‍💻', 'x'.repeat(500)])(
    'may be %s',
    (note) => {
      expect(issuesOf(note)).toEqual([]);
    },
  );

  it('is kept without the space around it', () => {
    expect(Note.parse('  why \n')).toBe('why');
  });

  it.each(['', '  ', 'a\ud800', 'ask ada@company.example', 'it is whsec_c2VjcmV0'])('is never %j', (note) => {
    expect(issuesOf(note)).toHaveLength(1);
  });

  it('never holds an e-mail address, wherever it stands', () => {
    const text = fc.string({ maxLength: 60 });
    fc.assert(
      fc.property(text, fc.emailAddress({ size: 'small' }), text, (before, address, after) => {
        fc.pre(`${before}${address}${after}`.length <= 500);
        expect(Note.safeParse(`${before} ${address} ${after}`).success).toBe(false);
      }),
    );
  });

  it('that is too long is refused for that alone, and searched for nothing', () => {
    expect(issuesOf('whsec_ada@example.com'.repeat(100))).toHaveLength(1);
    expect(issuesOf('a'.repeat(2_000_000))).toHaveLength(1);
  });
});
