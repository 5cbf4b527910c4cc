import { describe, expect, it } from 'vitest';
import type { Denied } from '../../local/iam/denial.ts';
import { startDestination } from '../../local/permissions-scenario.ts';
import { firstDenial, type Run } from './first-denial.ts';

const denied = (action: string): Denied => ({ functionName: 'f', action, resource: '*', statement: '{}' });
const failing: Run = () => Promise.reject(new Error('the engine did not start'));

/** Makes these runs, one after the other, and tells how many were made. */
const inTurn = (...runs: readonly Run[]) => {
  let made = 0;
  const run: Run = (onDenied, signal) => {
    made += 1;
    return (runs[made - 1] ?? failing)(onDenied, signal);
  };
  return { run, made: () => made };
};

describe('the first refusal of a run', () => {
  it('ends the run, and is the answer though others follow', async () => {
    let aborted = false;
    const found = await firstDenial(async (onDenied, signal) => {
      onDenied(denied('first'));
      aborted = signal.aborted;
      onDenied(denied('second'));
      signal.throwIfAborted();
    });
    expect([found, aborted]).toEqual([denied('first'), true]);
  });

  it('counts when it comes after the scenario, while what is in flight is finished', async () => {
    const stopping: Run = (onDenied) => Promise.resolve().finally(() => onDenied(denied('late')));
    expect(await firstDenial(stopping)).toEqual(denied('late'));
  });

  it('is looked for again after a run that failed for another reason', async () => {
    const runs = inTurn(failing, async (onDenied) => onDenied(denied('second try')));
    expect(await firstDenial(runs.run)).toEqual(denied('second try'));
    expect(runs.made()).toBe(2);
  });

  it('is not looked for again where a run finished without one', async () => {
    const runs = inTurn(async () => {});
    expect(await firstDenial(runs.run)).toEqual(new Error('nothing was refused'));
    expect(runs.made()).toBe(1);
  });

  it('is given up after three failures, of which the last is told', async () => {
    const runs = inTurn();
    const found = await firstDenial(runs.run);
    expect(String(found)).toMatch(/^Error: 3 runs failed without a refusal, .*the engine did not start$/);
    expect(runs.made()).toBe(3);
  });
});

describe('the destination of a scenario', () => {
  it('is busy once for its own run, whatever reaches its port for the destination of another', async () => {
    const [own, other] = [await startDestination(), await startDestination()];
    const statusAt = async (url: string) => (await fetch(url, { method: 'POST', body: 'cmp_busy' })).status;
    const misdirected = new URL(new URL(other.url).pathname, own.url).href;
    expect(await statusAt(misdirected)).toBe(404);
    expect([await statusAt(own.url), await statusAt(own.url)]).toEqual([503, 204]);
    own.close();
    other.close();
  });
});
