import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lineSplitter } from '../../../local/lambda/log-lines.ts';

it('any text comes out as its lines, however it was cut into pieces', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', '\n') });
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const lines: string[] = [];
      const splitter = lineSplitter((line) => lines.push(line));
      for (const text of pieces) splitter.write(text);
      splitter.flush();
      const expected = pieces.join('').split('\n');
      expect(lines).toEqual(expected.at(-1) === '' ? expected.slice(0, -1) : expected);
    }),
  );
});
