import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeCount } from '#functions/platform/log/count.ts';
import { errorCode, makeLog } from '#functions/platform/log/log.ts';

/** The lines that `work` writes; Powertools prints through the global console in its development mode. */
const written = (work: () => void): unknown[] => {
  const lines: string[] = [];
  const keep = (line: string) => void lines.push(line);
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.spyOn(console, 'info').mockImplementation(keep);
  vi.spyOn(console, 'log').mockImplementation(keep);
  work();
  return lines.map((line) => JSON.parse(line));
};

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('a log line', () => {
  it('is one JSON object with its ids, codes and counts', () => {
    const line = { stage: 'deliver', outcome: 'retry', code: 'http_500', attempt: 2 };
    expect(written(() => makeLog('deliver')(line))).toEqual([
      expect.objectContaining({ ...line, level: 'INFO', service: 'deliver', message: 'deliver retry' }),
    ]);
  });
});

describe('a metric', () => {
  it('is one line of embedded metrics with its dimensions', () => {
    const [line] = written(() => makeCount()('attempts', 3, { connector: 'webhook', outcome: 'delivered' }));
    expect(line).toMatchObject({ attempts: 3, connector: 'webhook', outcome: 'delivered' });
    expect(line).toMatchObject({ _aws: { CloudWatchMetrics: [{ Namespace: 'Crossdock' }] } });
  });
});

describe('errorCode', () => {
  it.each([
    [new TypeError('canary'), 'TypeError'],
    [Object.assign(new Error('canary'), { name: 'ThrottlingException' }), 'ThrottlingException'],
    ['canary', 'string'],
    [undefined, 'undefined'],
    [{ message: 'canary' }, 'object'],
  ])('names %o without its message', (thrown, code) => {
    expect(errorCode(thrown)).toBe(code);
  });
});
