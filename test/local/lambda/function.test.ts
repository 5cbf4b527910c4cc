import { describe, expect, it } from 'vitest';
import { bundle, FUNCTION_ARN, functionOf } from './function-fixture.ts';

const ok = (payload: unknown) => ({ ok: true, payload });

describe('an event and its answer', () => {
  it('both travel through JSON, so a date arrives as text and undefined disappears', async () => {
    const { fn } = functionOf(
      `export const handler = async (event) => ({ event, when: new Date(0), gone: undefined })`,
    );
    const result = await fn.invoke({ at: new Date(0), missing: undefined });
    expect(result).toEqual(
      ok({ event: { at: '1970-01-01T00:00:00.000Z' }, when: '1970-01-01T00:00:00.000Z' }),
    );
    expect(result.ok && result.payload).not.toHaveProperty('gone');
  });

  it('is null when the handler returns nothing', async () => {
    const { fn } = functionOf(`export const handler = async () => {}`);
    expect(await fn.invoke({})).toEqual(ok(null));
  });

  it('may come from a handler in a CommonJS module, and from a nested export', async () => {
    const directory = bundle(`exports.api = { post: async () => 'posted' }`, 'index.cjs');
    const { fn } = functionOf('', { directory, handler: 'index.api.post' });
    expect(await fn.invoke({})).toEqual(ok('posted'));
  });

  it('is refused before it runs when the request is larger than 6 MB', async () => {
    const { fn } = functionOf(`export const handler = async () => 1`);
    const result = await fn.invoke('x'.repeat(6 * 1024 * 1024));
    expect(result).toMatchObject({
      ok: false,
      reason: 'error',
      error: { errorType: 'RequestEntityTooLargeException' },
    });
  });

  it('fails when the response is one byte larger than 6,291,556 bytes, and not when it is exactly that', async () => {
    const { fn } = functionOf(`export const handler = async (length) => 'x'.repeat(length - 2)`);
    expect((await fn.invoke(6_291_556)).ok).toBe(true);
    const result = await fn.invoke(6_291_557);
    expect(result).toMatchObject({ ok: false, error: { errorType: 'Function.ResponseSizeTooLarge' } });
  });

  it('carries the context that Lambda documents', async () => {
    const { fn } = functionOf(
      `export const handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() })`,
      { timeoutSeconds: 20, memoryMb: 256 },
    );
    const result = await fn.invoke({});
    expect(result.ok && result.payload).toMatchObject({
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      functionName: 'sample',
      functionVersion: '$LATEST',
      invokedFunctionArn: FUNCTION_ARN,
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/sample',
      left: expect.toSatisfy((left: number) => left > 0 && left <= 20_000),
    });
  });
});

describe('an execution environment', () => {
  const counting = `let calls = 0; export const handler = async () => ++calls`;

  it('is reused while warm, and only its first event is cold', async () => {
    const { fn, invocations } = functionOf(counting);
    expect([await fn.invoke({}), await fn.invoke({})]).toEqual([ok(1), ok(2)]);
    expect(invocations.map(({ cold, outcome }) => [cold, outcome])).toEqual([
      [true, 'ok'],
      [false, 'ok'],
    ]);
    expect(fn.initDurationsMs).toHaveLength(1);
  });

  it('sees exactly the variables it was given, and those of no other function', async () => {
    const source = `export const handler = async () => { process.env.ADDED = 'by me'; return { ...process.env } }`;
    const one = functionOf(source, { environment: { NAME: 'one' } });
    const two = functionOf(source, { environment: { NAME: 'two' } });
    const [first, second] = await Promise.all([one.fn.invoke({}), two.fn.invoke({})]);
    const trace = expect.stringMatching(/^Root=1-[0-9a-f]+-[0-9a-f]{24}$/);
    expect(first).toEqual(ok({ NAME: 'one', ADDED: 'by me', _X_AMZN_TRACE_ID: trace }));
    expect(second).toEqual(ok({ NAME: 'two', ADDED: 'by me', _X_AMZN_TRACE_ID: trace }));
  });

  it('holds one event at a time; the events beyond the cap wait for a free environment', async () => {
    const { fn } = functionOf(
      `let running = 0, most = 0;
       export const handler = async () => { most = Math.max(most, ++running); await new Promise(setImmediate); running--; return most }`,
      { environmentsMax: 2 },
    );
    const results = await Promise.all(Array.from({ length: 12 }, () => fn.invoke({})));
    expect(results).toEqual(Array.from({ length: 12 }, () => ok(1)));
    expect(fn.initDurationsMs).toHaveLength(2);
  });

  it('is throttled only at the reserved concurrency', async () => {
    const { fn, invocations } = functionOf(counting, { reservedConcurrency: 2, environmentsMax: 1 });
    const results = await Promise.all([fn.invoke({}), fn.invoke({}), fn.invoke({})]);
    expect(results.map((result) => result.ok || result.reason)).toEqual([true, true, 'throttled']);
    expect(results[2]).toMatchObject({ error: { errorType: 'TooManyRequestsException' } });
    expect(invocations.filter(({ outcome }) => outcome === 'throttled')).toHaveLength(1);
    expect(await fn.invoke({})).toEqual(ok(3));
  });
});

describe('what a function writes', () => {
  it('is handed over line by line with the request that wrote it, before the answer', async () => {
    const { fn, lines } = functionOf(
      `console.log('loading');
       export const handler = async (event, { awsRequestId }) => {
         process.stdout.write('half '); console.log('a line\\nand another'); process.stderr.write('no line end'); return awsRequestId }`,
    );
    const result = await fn.invoke({});
    const requestId = result.ok ? result.payload : undefined;
    expect(lines).toEqual([
      { functionName: 'sample', line: 'loading' },
      { functionName: 'sample', requestId, line: 'half a line' },
      { functionName: 'sample', requestId, line: 'and another' },
      { functionName: 'sample', requestId, line: 'no line end' },
    ]);
  });

  it('tells a writer when its chunk is gone', async () => {
    const { fn } = functionOf(
      `export const handler = () => new Promise((done) => process.stdout.write(new TextEncoder().encode('bytes'), () => done('written')))`,
    );
    expect(await fn.invoke({})).toEqual(ok('written'));
  });
});

describe('closing', () => {
  it('waits for the event in flight and turns away those that wait or come later', async () => {
    const { fn, logged } = functionOf(
      `export const handler = async () => { console.log('started'); await new Promise((r) => setTimeout(r, 30)); return 'finished' }`,
      { environmentsMax: 1 },
    );
    const running = fn.invoke({});
    const waiting = fn.invoke({});
    await logged('started');
    const closed = fn.close();
    expect(await waiting).toMatchObject({ ok: false, reason: 'throttled' });
    expect(await running).toEqual(ok('finished'));
    await closed;
    expect(await fn.invoke({})).toMatchObject({ ok: false, reason: 'throttled' });
  });
});

it('a handler whose file does not exist is refused before the first event', () => {
  const source = `export const handler = async () => 1`;
  expect(() => functionOf(source, { handler: 'missing.handler' })).toThrow(/missing\.handler/);
  expect(() => functionOf(source, { handler: 'index' })).toThrow(/not of the form/);
});
