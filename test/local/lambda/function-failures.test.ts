import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../local/manual-clock.ts';
import { functionOf } from './function-fixture.ts';

const START_MS = Date.UTC(2026, 0, 1);

const failed = (errorType: string, errorMessage: unknown = expect.any(String)) => ({
  ok: false,
  reason: 'error',
  error: { errorType, errorMessage },
});

describe('a handler that fails', () => {
  it('by throwing names the error and its message, logs the stack and keeps its environment', async () => {
    const { fn, lines } = functionOf(
      `let calls = 0; export const handler = async (event) => { calls++; if (event.bad) throw new TypeError('bad event'); return calls }`,
    );
    expect(await fn.invoke({ bad: true })).toEqual(failed('TypeError', 'bad event'));
    expect(lines[0]?.line).toMatch(/Invoke Error.*"stack":\["TypeError: bad event"/);
    expect(await fn.invoke({})).toEqual({ ok: true, payload: 2 });
  });

  it('by throwing something that is no error still gives an answer', async () => {
    const { fn } = functionOf(`export const handler = async () => { throw 'just text' }`);
    expect(await fn.invoke({})).toEqual(failed('string', 'just text'));
  });

  it('by returning what JSON cannot hold gives a marshalling error', async () => {
    const { fn } = functionOf(`export const handler = async () => 1n`);
    expect(await fn.invoke({})).toEqual(failed('Runtime.MarshalError'));
  });
});

describe('a handler that destroys its environment', () => {
  const fatal = [
    [
      'leaving the process',
      `process.exit(7)`,
      'Runtime.ExitError',
      /RequestId: [0-9a-f-]{36} Error: .*exit status 7/,
    ],
    [
      'a rejection nobody handles',
      `Promise.reject(new Error('late')); await new Promise(() => {})`,
      'Runtime.UnhandledPromiseRejection',
      /late/,
    ],
    [
      'an error outside of the handler',
      `setImmediate(() => { throw new RangeError('stray') }); await new Promise(() => {})`,
      'RangeError',
      /stray/,
    ],
    [
      'exhausting its memory',
      `const hold = []; for (;;) hold.push(new Array(1e6).fill(Math.random()))`,
      'Runtime.OutOfMemory',
      /signal: killed/,
    ],
  ] as const;

  for (const [way, statement, errorType, message] of fatal) {
    it(`by ${way} fails that event only; the next one gets a new environment`, async () => {
      const { fn } = functionOf(
        `let calls = 0; export const handler = async (event) => { calls++; if (event.fatal) { ${statement} } return calls }`,
      );
      await fn.invoke({});
      expect(await fn.invoke({ fatal: true })).toEqual(failed(errorType, expect.stringMatching(message)));
      expect(await fn.invoke({})).toEqual({ ok: true, payload: 1 });
      expect(fn.initDurationsMs).toHaveLength(2);
    });
  }
});

describe('a handler that takes too long', () => {
  it('is stopped at its timeout on the given clock, even in a busy loop, and its last lines are kept', async () => {
    const clock = manualClock(START_MS);
    const { fn, logged, invocations } = functionOf(
      `export const handler = async (event) => { if (event.calm) return 'calm'; console.log('one'); console.log('two'); for (;;); }`,
      { clock, timeoutSeconds: 3 },
    );
    const running = fn.invoke({});
    const last = await logged('two');
    await clock.advance(2_999);
    expect(invocations).toEqual([]);
    await clock.advance(1);
    expect(await running).toEqual({
      ok: false,
      reason: 'timeout',
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${last.requestId} Error: Task timed out after 3.00 seconds`,
      },
    });
    expect(invocations).toEqual([
      { functionName: 'sample', durationMs: 3_000, cold: true, outcome: 'timeout' },
    ]);
    expect(await fn.invoke({ calm: true })).toEqual({ ok: true, payload: 'calm' });
  });

  it('while loading is stopped after ten seconds', async () => {
    const clock = manualClock(START_MS);
    const { fn, logged } = functionOf(`console.log('loading'); await new Promise(() => {})`, { clock });
    const running = fn.invoke({});
    await logged('loading');
    await clock.advance(10_000);
    expect(await running).toMatchObject({ ok: false, reason: 'timeout' });
  });
});

describe('a module that does not load', () => {
  const broken = [
    ['has no such export', `export const other = 1`, 'Runtime.HandlerNotFound'],
    ['is not JavaScript', `export const handler = async (`, 'Runtime.UserCodeSyntaxError'],
    ['imports what does not exist', `import './nothing.mjs'`, 'Runtime.ImportModuleError'],
    ['throws', `throw new RangeError('no configuration')`, 'RangeError'],
    [
      'exports a callback handler',
      `export const handler = (e, c, done) => done()`,
      'Runtime.CallbackHandlerDeprecated',
    ],
  ] as const;

  for (const [how, source, errorType] of broken) {
    it(`because it ${how} fails the event with ${errorType}`, async () => {
      const { fn } = functionOf(source);
      expect(await fn.invoke({})).toEqual(failed(errorType));
      expect(fn.initDurationsMs).toEqual([]);
    });
  }

  it('is loaded again for the next event', async () => {
    const { fn } = functionOf(
      `import { existsSync, writeFileSync } from 'node:fs';
       const marker = new URL('./second-time', import.meta.url);
       if (!existsSync(marker)) { writeFileSync(marker, ''); throw new Error('not yet') }
       export const handler = async () => 'loaded'`,
    );
    expect(await fn.invoke({})).toEqual(failed('Error', 'not yet'));
    expect(await fn.invoke({})).toEqual({ ok: true, payload: 'loaded' });
  });
});
