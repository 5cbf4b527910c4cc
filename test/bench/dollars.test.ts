import { describe, expect, it } from 'vitest';
import { ACCESS_LOG_BYTES, costLines, PLATFORM_LOG_BYTES, type Usage } from '../../bench/dollars.ts';
import { PRICES } from '../../bench/prices.ts';

const deliver = {
  folder: 'outbound/deliver',
  writeUnits: 8,
  readUnits: 4,
  invocations: 2,
  coldStarts: 0,
  billedMs: 4000,
  gbSeconds: 2,
  logBytes: 1000,
};
const usage: Usage = {
  delivered: 2,
  counts: {
    functions: [deliver],
    sqs: new Map([
      ['SendMessageBatch', 1],
      ['ReceiveMessage', 1],
    ]),
    emptyReceives: 99,
    kms: new Map([['Decrypt', 1]]),
  },
  httpRequests: 1,
  egressBytes: 2000,
};
const dollars = Object.fromEntries(costLines(usage, 2, PRICES).map((line) => [line.name, line.dollars]));

describe('the bill for a million delivered events', () => {
  it.each([
    ['HTTP API', 0.5],
    ['Lambda requests', 0.2],
    ['Lambda time', 13.3334],
    ['DynamoDB writes', 2.5],
    ['DynamoDB reads', 0.25],
    ['DynamoDB stream reads', 0],
    ['SQS requests', 0.4],
    ['SQS fair queues', 0.1],
    ['KMS', 3],
    ['CloudWatch Logs', (500 + PLATFORM_LOG_BYTES + ACCESS_LOG_BYTES / 2) * 1e-3 * 0.5],
    ['Egress', 0.09],
  ])('has a line for %s', (name, expected) => {
    expect(dollars[name]).toBeCloseTo(expected, 6);
  });

  it('has no other lines', () => {
    expect(Object.keys(dollars)).toHaveLength(11);
  });
});
