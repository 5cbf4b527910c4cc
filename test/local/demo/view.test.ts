import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { makeView } from '../../../local/demo/view.ts';

// No terminal, so nothing is coloured.
const plain = new PassThrough();
const line = (fields: object) => JSON.stringify(fields);
const delivered = (lagMs: number) => ({
  stage: 'deliver',
  outcome: 'delivered',
  event_type: 'company.updated',
  event_id: 'evt_1',
  connector_type: 'webhook',
  attempt: 1,
  lag_ms: lagMs,
});

describe('the live view', () => {
  it('shows what was published, dispatched and delivered, with latency', () => {
    const view = makeView(plain);
    const shown = [
      { stage: 'publish', outcome: 'accepted', count: 3, duration_ms: 5 },
      { stage: 'dispatch', outcome: 'dispatched', count: 3, duration_ms: 7 },
      delivered(40),
    ].map((fields) => view.show(line(fields)));
    expect(shown).toEqual([
      'published   3 events in 5 ms',
      'dispatched  3 deliveries in 7 ms',
      'delivered   company.updated   evt_1 → webhook  attempt 1  40 ms after publish',
    ]);
  });

  it('shows a delivery that goes wrong with its reason', () => {
    const fields = { ...delivered(40), outcome: 'quarantined', code: 'http_404' };
    expect(makeView(plain).show(line(fields))).toMatch(/^quarantined.*http_404$/);
  });

  it('sums up totals and percentiles of the deliveries alone', () => {
    const view = makeView(plain);
    for (let lagMs = 1; lagMs <= 100; lagMs += 1) view.show(line(delivered(lagMs)));
    view.show(line({ ...delivered(9999), outcome: 'retry', code: 'http_500' }));
    expect(view.delivered()).toBe(100);
    expect(view.summary()).toContain('100 delivered; publish to delivered p50 50 ms, p99 99 ms');
  });

  it('shows nothing for what is no line of a stage, such as a metric', () => {
    const view = makeView(plain);
    expect(view.show(line({ _aws: {}, attempts: 1 }))).toBeUndefined();
    expect(view.show('plain text')).toBeUndefined();
  });
});
