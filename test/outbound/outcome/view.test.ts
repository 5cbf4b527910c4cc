import { describe, expect, it } from 'vitest';
import { Delivery } from '#contracts/deliveries.ts';
import { deliveryIdOf, eventIdOf } from '#functions/outbound/keys.ts';
import { toDelivery } from '#functions/outbound/outcome/view.ts';
import { randomId } from '#functions/platform/ids.ts';
import { queuedRow, START_MS } from '../../harness/outbound.ts';

const eventId = eventIdOf('tenant', 'key');
const connectionId = randomId('con');
const deliveryId = deliveryIdOf(eventId, connectionId);
const START = new Date(START_MS).toISOString();

describe('a delivery as the API shows it', () => {
  it('names itself, its connection and its state, as the contract says', () => {
    const view = toDelivery(deliveryId, queuedRow());
    expect(Delivery.parse(view)).toEqual(view);
    expect(view).toEqual({
      delivery_id: deliveryId,
      connection_id: connectionId,
      connector_type: 'webhook',
      state: 'queued',
      attempts: [],
      created_at: START,
      updated_at: START,
    });
  });

  it('says why it waits and until when', () => {
    const row = queuedRow({ state: 'retry', reason: 'http_500', due: START_MS + 5000 });
    expect(toDelivery(deliveryId, row)).toMatchObject({
      state: 'retry',
      reason: 'http_500',
      next_attempt_at: new Date(START_MS + 5000).toISOString(),
    });
  });

  it('names each attempt by the delivery and its number, whatever was forgotten before it', () => {
    const attempt = { n: 7, at: START, duration_ms: 5, outcome: 'retry' as const, code: 'http_500' };
    const view = toDelivery(deliveryId, queuedRow({ attempts: [attempt] }));
    expect(Delivery.parse(view)).toEqual(view);
    expect(view.attempts).toEqual([
      {
        attempt_id: `att_${deliveryId.slice('dlv_'.length)}_7`,
        at: START,
        duration_ms: 5,
        outcome: 'retry',
        code: 'http_500',
      },
    ]);
  });

  it('shows nothing of leases, claims and quarantine ids', () => {
    const row = queuedRow({ state: 'delivering', lease: 'lse_1', lease_until: 1, quarantine_id: 'qua_1' });
    expect(JSON.stringify(toDelivery(deliveryId, row))).not.toMatch(/lse_|qua_|lease|claims/);
  });
});
