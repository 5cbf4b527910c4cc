import { describe, expect, it } from 'vitest';
import { type GivenUp, invokeAsynchronously } from '../../../local/lambda/asynchronous.ts';
import type { InvokeFailure, InvokeResult } from '../../../local/lambda/invoke-result.ts';
import { manualClock } from '../../../local/manual-clock.ts';
import { functionOf } from './function-fixture.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

const failed = (reason: InvokeFailure['reason']): InvokeFailure => ({
  ok: false,
  reason,
  error: { errorType: 'Error', errorMessage: reason },
});

/** A function that answers `results` in turn, the last of them for ever. */
const asynchronousWith = (results: readonly InvokeResult[], settings: object = {}) => {
  const clock = manualClock(0);
  const runs: { readonly atMs: number; readonly requestId: string }[] = [];
  const givenUp: GivenUp[] = [];
  const asynchronous = invokeAsynchronously({
    async invoke(_event, requestId) {
      runs.push({ atMs: clock.now(), requestId });
      return results[runs.length - 1] ?? results.at(-1) ?? failed('error');
    },
    settings: { retryAttemptsMax: 2, eventAgeMaxMs: 6 * HOUR_MS, ...settings },
    clock,
    onGivenUp: async (one) => void givenUp.push(one),
  });
  return { clock, runs, givenUp, asynchronous, seconds: () => runs.map(({ atMs }) => atMs / SECOND_MS) };
};

describe('an asynchronous invocation', () => {
  it.each(['error', 'timeout'] as const)(
    'that ends in %s is tried again after one and two minutes, as the same request, and then given up',
    async (reason) => {
      const { clock, asynchronous, runs, givenUp, seconds } = asynchronousWith([failed(reason)]);
      expect(await asynchronous.accept({ a: 1 })).toEqual(failed(reason));
      await clock.advance(HOUR_MS);
      expect(seconds()).toEqual([0, 60, 180]);
      const [requestId, ...others] = new Set(runs.map((run) => run.requestId));
      expect(others).toEqual([]);
      expect(givenUp).toEqual([{ event: { a: 1 }, requestId, failure: failed(reason) }]);
    },
  );

  it('that succeeds is not tried again', async () => {
    const ok = { ok: true, payload: 1 } as const;
    const { clock, asynchronous, givenUp, seconds } = asynchronousWith([failed('error'), ok]);
    asynchronous.accept({});
    await clock.advance(HOUR_MS);
    expect(seconds()).toEqual([0, 60]);
    expect(givenUp).toEqual([]);
  });

  it('is tried again as often as its function says', async () => {
    const { clock, asynchronous, givenUp, seconds } = asynchronousWith([failed('error')], {
      retryAttemptsMax: 0,
    });
    asynchronous.accept({});
    await clock.advance(HOUR_MS);
    expect(seconds()).toEqual([0]);
    expect(givenUp).toHaveLength(1);
  });

  it('that is throttled waits longer each time, up to five minutes, and spends no attempt', async () => {
    const throttles = Array.from({ length: 12 }, () => failed('throttled'));
    const { clock, asynchronous, givenUp, seconds } = asynchronousWith([...throttles, failed('error')]);
    asynchronous.accept({});
    await clock.advance(2 * HOUR_MS);
    const all = seconds();
    const waits = all.slice(1).map((at, index) => at - (all[index] ?? 0));
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 60, 120]);
    expect(givenUp).toHaveLength(1);
  });

  it('is given up when its event would be too old for another run', async () => {
    const { clock, asynchronous, givenUp, seconds } = asynchronousWith([failed('throttled')], {
      eventAgeMaxMs: 60_000,
    });
    asynchronous.accept({});
    await clock.advance(HOUR_MS);
    expect(seconds()).toEqual([0, 1, 3, 7, 15, 31]);
    expect(givenUp).toMatchObject([{ failure: failed('throttled') }]);
  });

  it('that waits is forgotten when it is stopped', async () => {
    const { clock, asynchronous, givenUp, seconds } = asynchronousWith([failed('error')]);
    await asynchronous.accept({});
    await asynchronous.stop();
    await clock.advance(HOUR_MS);
    expect([seconds(), givenUp]).toEqual([[0], []]);
  });

  it('shows its function one request id at every run', async () => {
    const { fn } = functionOf('export const handler = async (_event, context) => context.awsRequestId;');
    expect(await fn.invoke({}, 'request-1')).toEqual({ ok: true, payload: 'request-1' });
    expect(await fn.invoke({}, 'request-1')).toEqual({ ok: true, payload: 'request-1' });
  });
});
