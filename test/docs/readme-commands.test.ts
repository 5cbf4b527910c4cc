import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness/cloud.ts';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

interface ReadmeCall {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
}

/** The lines of the README that begin with `call`, with what they carry over to the next line. */
const calls = (): ReadmeCall[] =>
  [...readme.matchAll(/^call (?:-X (\w+) )?\$API(\S+)(?: -d '([^']*)')?/gm)].map(
    ([, method, path = '', body]) => ({
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      path,
      body,
    }),
  );

describe("the README's calls", () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  afterAll(() => cloud.stop());

  it('work one after the other, as they stand there', async () => {
    const tenant = /TENANT=(\S+)/.exec(readme)?.[1] ?? '';
    let eventId = '';
    const statuses: number[] = [];
    for (const { method, path, body } of calls()) {
      const target = path.replace('$TENANT', tenant).replace('evt_…', eventId);
      const headers = { 'x-tenant-id': tenant };
      const answer = await cloud.call(method, target, { headers, ...(body === undefined ? {} : { body }) });
      statuses.push(answer.status);
      eventId = answer.json?.results?.[0]?.event_id ?? eventId;
    }
    expect(statuses).toEqual([200, 201, 200, 202, 200, 200, 200, 200, 200]);
  });
});
