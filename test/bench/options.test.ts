import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../bench/options.ts';

describe('the options of the bench', () => {
  it('have defaults', () => {
    expect(parseOptions([])).toEqual({ events: 2000, connections: 1, batch: 100 });
  });

  it('are taken from the command line', () => {
    const argv = ['--events', '500', '--connections=5', '--batch', '1'];
    expect(parseOptions(argv)).toEqual({ events: 500, connections: 5, batch: 1 });
  });

  it.each([
    [['--events', '0']],
    [['--events', 'many']],
    [['--events', '1.5']],
    [['--batch', '101']],
    [['--events', '3', '--connections', '4']],
    [['--event', '3']],
    [['3']],
  ])('are refused where they make no sense: %j', (argv) => {
    expect(() => parseOptions(argv)).toThrow();
  });
});
