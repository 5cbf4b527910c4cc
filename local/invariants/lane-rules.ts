import type { Contents } from './contents.ts';
import {
  deliveryIdOf,
  deliveryIds,
  deliveryKey,
  isDelivery,
  isParking,
  type StoredItem,
  textOf,
} from './stored-item.ts';
import { messageIds, targetKey } from './stored-message.ts';
import type { Violation } from './violation.ts';

const isUnderWay = (item: StoredItem) =>
  isDelivery(item) && ['queued', 'retry', 'delivering', 'parked'].includes(textOf(item, 'state'));

/** Listed in the index under a heading that the sweep reads: of its connection when it is parked, of its time otherwise. */
const isListed = (item: StoredItem) => {
  const heading = textOf(item, 'wait').replace(/#\d$/, '');
  const parked = `T#${item.tenantId}#W#${item.sk}`;
  return heading === (textOf(item, 'state') === 'parked' ? parked : 'due') && textOf(item, 'wait_at') !== '';
};

/** CloudFormation's ids are letters and digits; the lane of a connector is the construct `Lane-<connector>`. */
const isLaneOf = (connector: string, queue: string) =>
  queue.startsWith(`Lane${connector.replaceAll(/[^A-Za-z0-9]/g, '')}Queue`);

/** Only a message, or the sweep by way of the index, brings a worker to a row: without, the row would wait for ever. */
const stuckDeliveries = ({ items, inLanes }: Contents): Violation[] => {
  const messages = Map.groupBy(inLanes, targetKey);
  return items
    .filter(isUnderWay)
    .filter((item) => {
      const pointing = messages.get(deliveryKey(item)) ?? [];
      return !isListed(item) && !pointing.some(({ queue }) => isLaneOf(textOf(item, 'connector'), queue));
    })
    .map((item) => ({
      rule: 'delivery_stuck',
      says: `The delivery ${deliveryIdOf(item)} is ${textOf(item, 'state')}, no message in its lane points to it, and the index does not list it`,
      ids: deliveryIds(item),
    }));
};

const unsettled = ({ items, inLanes }: Contents): Violation[] => [
  ...items.filter(isUnderWay).map(
    (item): Violation => ({
      rule: 'delivery_not_over',
      says: `The delivery ${deliveryIdOf(item)} is ${textOf(item, 'state')}, but all should be over`,
      ids: deliveryIds(item),
    }),
  ),
  ...inLanes.map(
    (message): Violation => ({
      rule: 'lane_not_empty',
      says: `The lane ${message.queue} still holds the message ${message.messageId}, but all should be over`,
      ids: messageIds(message),
    }),
  ),
];

/** A connection with parked deliveries is noted, or the sweep would never look at it. */
const parkedWithoutNote = ({ items }: Contents): Violation[] => {
  const noted = new Set(items.filter(isParking).map(({ tenantId, id }) => `${tenantId} ${id}`));
  return items
    .filter((item) => isDelivery(item) && textOf(item, 'state') === 'parked')
    .filter(({ tenantId, sk }) => !noted.has(`${tenantId} ${sk}`))
    .map((item) => ({
      rule: 'parked_without_note',
      says: `The delivery ${deliveryIdOf(item)} is parked, and nothing says that its connection has parked deliveries`,
      ids: deliveryIds(item),
    }));
};

/**
 * Every delivery that is under way has a message in its lane or a place in the index. With `settled`, nothing may be under way at all and the
 * lanes are empty.
 */
export const laneViolations = (contents: Contents, settled: boolean): Violation[] =>
  settled ? unsettled(contents) : [...stuckDeliveries(contents), ...parkedWithoutNote(contents)];
