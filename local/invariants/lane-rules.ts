import type { Contents } from './contents.ts';
import {
  deliveryIdOf,
  deliveryIds,
  deliveryKey,
  isDelivery,
  type StoredItem,
  textOf,
} from './stored-item.ts';
import { messageIds, targetKey } from './stored-message.ts';
import type { Violation } from './violation.ts';

const isUnderWay = (item: StoredItem) =>
  isDelivery(item) && ['queued', 'retry', 'delivering'].includes(textOf(item, 'state'));

/** CloudFormation's ids are letters and digits; the lane of a connector is the construct `Lane-<connector>`. */
const isLaneOf = (connector: string, queue: string) =>
  queue.startsWith(`Lane${connector.replaceAll(/[^A-Za-z0-9]/g, '')}Queue`);

/** Only a message brings a worker to a row: without one, the row would wait for ever. */
const stuckDeliveries = ({ items, inLanes }: Contents): Violation[] => {
  const messages = Map.groupBy(inLanes, targetKey);
  return items
    .filter(isUnderWay)
    .filter((item) => {
      const pointing = messages.get(deliveryKey(item)) ?? [];
      return !pointing.some(({ queue }) => isLaneOf(textOf(item, 'connector'), queue));
    })
    .map((item) => ({
      rule: 'delivery_stuck',
      says: `The delivery ${deliveryIdOf(item)} is ${textOf(item, 'state')}, and no message in its lane points to it`,
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

/**
 * Every delivery that is under way has a message in its lane. With `settled`, nothing may be under way at all and the
 * lanes are empty.
 */
export const laneViolations = (contents: Contents, settled: boolean): Violation[] =>
  settled ? unsettled(contents) : stuckDeliveries(contents);
