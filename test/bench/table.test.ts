import { describe, expect, it } from 'vitest';
import { figure, table } from '../../bench/table.ts';

describe('a table', () => {
  it('sets names to the left and figures to the right, as wide as their widest', () => {
    const lines = table(
      ['name', 'dollars'],
      [
        ['a longer name', '1.00'],
        ['b', '12,345.00'],
      ],
    );
    expect(lines).toEqual([
      '  name             dollars',
      '  a longer name       1.00',
      '  b              12,345.00',
    ]);
  });

  it('leaves no blanks at the ends of lines', () => {
    expect(table(['name', 'unit'], [['a', '']])).toEqual(['  name  unit', '  a']);
  });
});

describe('a figure', () => {
  it('has as many digits as asked for', () => {
    expect([figure(1234.567), figure(1234.567, 1), figure(2, 2)]).toEqual(['1,235', '1,234.6', '2.00']);
  });

  it('is a dash when nothing was measured', () => {
    expect(figure(Number.NaN, 2)).toBe('–');
  });
});
