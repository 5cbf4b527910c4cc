import type { Contents } from './contents.ts';
import {
  deliveryIdOf,
  deliveryIds,
  deliveryKey,
  isDelivery,
  type StoredItem,
  textOf,
} from './stored-item.ts';
import { messageIds, type StoredMessage, targetKey } from './stored-message.ts';
import type { Violation } from './violation.ts';

const rowKey = (item: StoredItem) => `${deliveryKey(item)} ${textOf(item, 'quarantine_id')}`;

const messageKey = (message: StoredMessage) => `${targetKey(message)} ${message.pointer?.quarantine_id}`;

const withoutMessage = (item: StoredItem): Violation => ({
  rule: 'quarantined_without_message',
  says: `The delivery ${deliveryIdOf(item)} is quarantined, and no message in quarantine could revive it`,
  ids: { ...deliveryIds(item), quarantine_id: textOf(item, 'quarantine_id') },
});

const withoutDelivery = (message: StoredMessage): Violation => ({
  rule: 'quarantine_without_delivery',
  says: `The message ${message.messageId} in quarantine points to no delivery that is in that quarantine`,
  ids: messageIds(message),
});

const movedByQueue = (message: StoredMessage): Violation => ({
  rule: 'moved_by_queue',
  says: `The message ${message.messageId} in quarantine was moved by the queue itself`,
  ids: messageIds(message),
});

/** What is in quarantine as a row is there as a message, and the other way round; both name the same quarantine. */
export const quarantineViolations = ({ items, inQuarantine }: Contents): Violation[] => {
  const rows = items.filter((item) => isDelivery(item) && textOf(item, 'state') === 'quarantined');
  const { put = [], moved = [] } = Object.groupBy(inQuarantine, ({ pointer }) =>
    pointer?.quarantine_id === undefined ? 'moved' : 'put',
  );
  const rowKeys = new Set(rows.map(rowKey));
  const messageKeys = new Set(put.map(messageKey));
  return [
    ...rows.filter((item) => !messageKeys.has(rowKey(item))).map(withoutMessage),
    ...put.filter((message) => !rowKeys.has(messageKey(message))).map(withoutDelivery),
    ...moved.map(movedByQueue),
  ];
};
