import { describe, expect, it } from 'vitest';
import type { Invoke } from '#local/http-api/options.ts';
import { manualClock } from '#local/manual-clock.ts';
import { answered, functionArn, recordedApi, routesTo } from '../http-api/recorded-api.ts';
import { functionOf } from '../lambda/function-fixture.ts';

const START_MS = Date.UTC(2026, 10, 25);

describe('a function with a timeout of 60 seconds', () => {
  it('is waited for up to 30 seconds, and then runs on by itself', async () => {
    const clock = manualClock(START_MS);
    const { fn, logged, invocations } = functionOf(
      `export const handler = async () => { console.log('running'); await new Promise(() => {}); }`,
      { clock, timeoutSeconds: 60 },
    );
    const { send } = await recordedApi({ clock, invoke: (_arn, event) => fn.invoke(event) });
    let answeredAtMs = 0;
    const reply = send({}).finally(() => {
      answeredAtMs = clock.now();
    });
    await logged('running');
    await clock.advance(29_999);
    expect(answeredAtMs).toBe(0);
    await clock.advance(1);
    expect(await reply).toMatchObject({ statusCode: 503, body: '{"message":"Service Unavailable"}' });
    expect(invocations).toEqual([]);
    await clock.advance(30_000);
    expect(invocations).toMatchObject([{ outcome: 'timeout', durationMs: 60_000 }]);
  });
});

describe('an authorizer', () => {
  it('may take as long as it wants below 10 seconds', async () => {
    const clock = manualClock(START_MS);
    const asked = Promise.withResolvers<void>();
    const invoke: Invoke = (arn) =>
      new Promise((resolve) => {
        if (arn !== functionArn('authorizer')) return resolve(answered({ through: true }));
        clock.after(9_999, () => resolve(answered({ isAuthorized: true })));
        asked.resolve();
      });
    const authorizer = {
      id: 'slow',
      functionArn: functionArn('authorizer'),
      identitySources: ['$request.header.Authorization'],
      ttlSeconds: 0,
      simpleResponses: true,
    };
    const { send } = await recordedApi({ clock, invoke, routes: routesTo(['GET /'], authorizer) });
    const reply = send({ headers: ['authorization', 'token'] });
    await asked.promise;
    await clock.advance(9_999);
    expect(await reply).toMatchObject({ statusCode: 200, body: '{"through":true}' });
  });
});
