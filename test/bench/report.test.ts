import { describe, expect, it } from 'vitest';
import { latenciesMs } from '../../bench/load.ts';
import type { Measured } from '../../bench/measure.ts';
import { report } from '../../bench/report.ts';

const publish = {
  folder: 'outbound/publish',
  writeUnits: 200,
  readUnits: 50,
  invocations: 10,
  coldStarts: 1,
  billedMs: 1000,
  gbSeconds: 0.5,
  logBytes: 3000,
};
const counts = {
  functions: [publish],
  sqs: new Map([['ReceiveMessage', 30]]),
  emptyReceives: 7,
  kms: new Map<string, number>(),
};
const measured: Measured = {
  aloneMs: [10, 20, 30],
  underLoadMs: [100, 200],
  eventsPerSecond: 50,
  answersPerSecond: 5,
  cpuMsPerEvent: 4,
  posts: 2,
  warmUp: { ...counts, kms: new Map([['Decrypt', 4]]) },
  repeated: 0,
  usage: { delivered: 100, counts, httpRequests: 2, egressBytes: 0 },
};
const bundle = { name: 'Publish', folder: 'outbound/publish', memoryMb: 512, bundleBytes: 123_456 };
const text = report({ events: 100, connections: 1, batch: 50 }, measured, [
  { ...bundle, initDurationsMs: [90, 110, 100] },
]).join('\n');

describe('the report of a run', () => {
  it.each([
    ['how fast events went', /50 events\/s end to end, 5\.0 publish answers\/s/],
    ['how long they took', /one event at a time +20\.0 +30\.0\n.* +100\.0 +200\.0/],
    ['what each took of every function', /outbound\/publish +2\.000 +0\.500 +0\.1000 +10\.00 +30/],
    ['what it took of SQS, with empty long polls apart', /ReceiveMessage +0\.300[\s\S]+ 7 long polls/],
    ['KMS calls of the warm-up too, for they serve what follows', /4 calls while warming up and 0 since/],
    ['what a million cost', /DynamoDB writes +2,000,000 +units +1\.25\n/],
    ['cold starts that spoil the latencies', /under load there were 1\./],
    ['size and start of each bundle', /outbound\/publish +123\.5 +512 +100 +3$/],
  ])('says %s', (_, expected) => {
    expect(text).toMatch(expected);
  });

  it('totals the bill', () => {
    const [, bill = ''] = /dollars\n([\s\S]+?)\n {2}total/.exec(text) ?? [];
    const dollars = bill.split('\n').map((line) => Number(line.split(/ +/).at(-1)));
    const total = Number(/\n {2}total +([\d.]+)/.exec(text)?.[1]);
    expect(dollars).toHaveLength(11);
    expect(Math.abs(total - dollars.reduce((all, each) => all + each, 0))).toBeLessThan(0.06);
  });
});

describe('a latency', () => {
  it('is counted from the POST of its event', () => {
    const post = { tenantId: 't', requestBytes: 1, answerBytes: 1 };
    const publications = [
      { ...post, sentAtMs: 100, eventIds: ['a', 'b'] },
      { ...post, sentAtMs: 200, eventIds: ['c'] },
    ];
    const arrivals = new Map(Object.entries({ a: 110, b: 130, c: 250 }));
    expect(latenciesMs(publications, { arrivals })).toEqual([10, 30, 50]);
  });
});
