import { describe, expect, it } from 'vitest';
import { Delivery } from '#contracts/deliveries.ts';
import { deliveryIdOf, eventIdOf } from '#functions/outbound/keys.ts';
import { toDelivery } from '#functions/outbound/outcome/view.ts';
import { randomId } from '#functions/platform/ids.ts';
import { queuedRow, START_MS } from '../../harness/outbound.ts';

const eventId = eventIdOf('tenant', 'key');
const connectionId = randomId('con');
const START = new Date(START_MS).toISOString();

describe('a delivery as the API shows it', () => {
  it('names itself, its connection and its state, as the contract says', () => {
    const view = toDelivery(eventId, connectionId, queuedRow());
    expect(Delivery.parse(view)).toEqual(view);
    expect(view).toEqual({
      delivery_id: deliveryIdOf(eventId, connectionId),
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
    expect(toDelivery(eventId, connectionId, row)).toMatchObject({
      state: 'retry',
      reason: 'http_500',
      next_attempt_at: new Date(START_MS + 5000).toISOString(),
    });
  });

  it('shows nothing of leases, claims and quarantine ids', () => {
    const row = queuedRow({ state: 'delivering', lease: 'lse_1', lease_until: 1, quarantine_id: 'qua_1' });
    expect(JSON.stringify(toDelivery(eventId, connectionId, row))).not.toMatch(/lse_|qua_|lease|claims/);
  });
});
