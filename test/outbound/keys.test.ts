import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeliveryId, EventId } from '#contracts/ids.ts';
import { deliveryIdOf, eventIdOf, eventPartition, partsOf } from '#functions/outbound/keys.ts';
import { Pointer, toMessage } from '#functions/outbound/pointer.ts';
import { randomId } from '#functions/platform/ids.ts';

const TENANT = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });

describe('an event’s id', () => {
  it('follows from tenant and idempotency key, and is another for any other pair', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), key, key, (tenant, otherTenant, one, other) => {
        const id = eventIdOf(tenant, one);
        expect(EventId.safeParse(id).success).toBe(true);
        expect(eventIdOf(tenant, one)).toBe(id);
        expect(eventIdOf(tenant, other) === id).toBe(one === other);
        expect(eventIdOf(otherTenant, one) === id).toBe(tenant === otherTenant);
      }),
    );
  });
});

describe('a delivery’s id', () => {
  it('names its event and its connection, and can be taken apart again', () => {
    fc.assert(
      fc.property(key, (one) => {
        const [eventId, connectionId] = [eventIdOf(TENANT, one), randomId('con')];
        const deliveryId = deliveryIdOf(eventId, connectionId);
        expect(DeliveryId.safeParse(deliveryId).success).toBe(true);
        expect(partsOf(deliveryId)).toEqual({ eventId, connectionId });
      }),
    );
  });
});

describe('an event’s partition', () => {
  it('begins with the closed name of its tenant, which a policy can hold on to', () => {
    expect(eventPartition(TENANT, 'evt_1')).toBe(`T#${TENANT}#E#evt_1`);
  });
});

describe('a pointer as a message', () => {
  const pointer = {
    tenant_id: TENANT,
    delivery_id: deliveryIdOf(eventIdOf(TENANT, 'key'), randomId('con')),
    connector_type: 'webhook',
  };

  it('is grouped by its tenant and read back as it was', () => {
    const redriven = { ...pointer, quarantine_id: 'qua_1' };
    for (const one of [pointer, redriven]) {
      const message = toMessage(one);
      expect(Pointer.parse(JSON.parse(message.body))).toEqual(one);
      expect(message).toEqual({ body: message.body, groupId: TENANT });
    }
    expect(toMessage(pointer, 5).delaySeconds).toBe(5);
  });

  it.each([{}, { ...pointer, tenant_id: 'x' }, { ...pointer, delivery_id: 'evt_1' }, 'text', null])(
    'is not read from %o',
    (body) => {
      expect(Pointer.safeParse(body).success).toBe(false);
    },
  );
});
