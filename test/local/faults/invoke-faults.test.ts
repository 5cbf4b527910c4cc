import { describe, expect, it } from 'vitest';
import type { Fault } from '#local/faults/fault.ts';
import { faultyFunction } from '#local/faults/invoke-faults.ts';
import { functionOf } from '../lambda/function-fixture.ts';

const COUNTS = `let runs = 0; export const handler = async () => { runs += 1; console.log('run'); return runs; };`;

const struckOnce = (fault: Fault) => {
  const { fn, lines } = functionOf(COUNTS, { environmentsMax: 1 });
  let left = 1;
  const target = faultyFunction(fn, { at: () => (left-- > 0 ? fault : undefined) });
  const runs = () => lines.filter(({ line }) => line === 'run').length;
  return { invoke: () => target.invoke({}), runs };
};

describe('an invocation', () => {
  it('that is throttled does not run, and the next one does', async () => {
    const { invoke, runs } = struckOnce({ kind: 'throttle' });
    expect(await invoke()).toMatchObject({ ok: false, reason: 'throttled' });
    expect(runs()).toBe(0);
    expect(await invoke()).toEqual({ ok: true, payload: 1 });
  });

  it('whose answer is lost has run', async () => {
    const { invoke, runs } = struckOnce({ kind: 'lose_answer' });
    expect(await invoke()).toMatchObject({ ok: false, reason: 'error' });
    expect(runs()).toBe(1);
  });

  it('that is duplicated runs twice and is answered once', async () => {
    const { invoke, runs } = struckOnce({ kind: 'duplicate' });
    expect(await invoke()).toEqual({ ok: true, payload: 1 });
    expect(runs()).toBe(2);
  });

  it('cannot be struck by what is no fault of an invocation', async () => {
    const { invoke } = struckOnce({ kind: 'postpone', seconds: 1 });
    await expect(invoke()).rejects.toThrow('"postpone" cannot strike Invoke of lambda');
  });
});

describe('an execution environment that is killed', () => {
  const NEVER_ENDS = `export const handler = (event) => event.stuck ? new Promise(() => { console.log('stuck'); setInterval(() => {}, 1000); }) : 'fine';`;

  it('fails the event that it has in hand, and the next event gets a new one', async () => {
    const { fn, logged } = functionOf(NEVER_ENDS);
    const stuck = fn.invoke({ stuck: true });
    await logged('stuck');
    fn.kill('1');
    expect(await stuck).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
    expect(await fn.invoke({})).toEqual({ ok: true, payload: 'fine' });
  });

  it('may be idle or gone already', async () => {
    const { fn } = functionOf(NEVER_ENDS);
    await fn.invoke({});
    fn.kill('1');
    fn.kill('1');
    fn.kill('none such');
    expect(await fn.invoke({})).toEqual({ ok: true, payload: 'fine' });
  });
});
