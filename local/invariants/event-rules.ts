import type { Contents } from './contents.ts';
import {
  deliveryIds,
  isConnection,
  isDelivery,
  isEvent,
  isPage,
  type StoredItem,
  textOf,
} from './stored-item.ts';
import type { Violation } from './violation.ts';

const isDestination = (connection: StoredItem) =>
  ['enabled', 'disabled'].includes(textOf(connection, 'state'));

/** A connection of an occasion or event is for those events alone that name it, as `occasion#<id>`. */
const isFor = (connection: StoredItem, event: StoredItem): boolean => {
  const scope = textOf(connection, 'scope');
  return scope === 'platform' || `${scope}#${textOf(connection, 'scope_id')}` === textOf(event, 'scope');
};

/** Since when a connection surely is what it is now. */
const unchangedSinceMs = (connection: StoredItem) => Date.parse(textOf(connection, 'updated_at'));

/** An event that came before its tenant's connection was last changed may have found a draft there, or nothing. */
const eventsWithoutDelivery = ({ items }: Contents): Violation[] => {
  const delivered = new Set(items.filter(isDelivery).map(({ pk, sk }) => `${pk} ${sk}`));
  const connections = Map.groupBy(
    items.filter(isConnection).filter(isDestination),
    ({ tenantId }) => tenantId,
  );
  return items.filter(isEvent).flatMap((event) => {
    const { pk, id, tenantId, attributes } = event;
    return (connections.get(tenantId) ?? [])
      .filter((connection) => isFor(connection, event))
      .filter((connection) => unchangedSinceMs(connection) < Number(attributes['received']))
      .map((connection) => textOf(connection, 'connection_id'))
      .filter((connectionId) => !delivered.has(`${pk} ${connectionId}`))
      .map((connectionId) => ({
        rule: 'event_without_delivery',
        says: `The event ${id} has no delivery over the connection ${connectionId} of its tenant`,
        ids: { tenant_id: tenantId, event_id: id, connection_id: connectionId },
      }));
  });
};

/** What is said in one occasion must not be heard in another. */
const deliveriesOutOfScope = ({ items }: Contents): Violation[] => {
  const events = new Map(items.filter(isEvent).map((event) => [event.pk, event]));
  const connections = new Map(
    items.filter(isConnection).map((item) => [textOf(item, 'connection_id'), item] as const),
  );
  return items.filter(isDelivery).flatMap((item) => {
    const [event, connection] = [events.get(item.pk), connections.get(item.sk)];
    if (event === undefined || connection === undefined || isFor(connection, event)) return [];
    const says = `The event ${item.id} has a delivery over ${item.sk}, whose scope it does not name`;
    return [{ rule: 'delivery_out_of_scope', says, ids: deliveryIds(item) }];
  });
};

const deliveriesWithoutEvent = ({ items }: Contents): Violation[] => {
  const events = new Set(items.filter(isEvent).map(({ pk }) => pk));
  return items
    .filter((item) => isDelivery(item) && !events.has(item.pk))
    .map((item) => ({
      rule: 'delivery_without_event',
      says: `A delivery over ${item.sk} is of the event ${item.id}, which the outbox does not have`,
      ids: deliveryIds(item),
    }));
};

/** What is a draft now has always been one. */
const deliveriesOfDrafts = ({ items }: Contents): Violation[] => {
  const drafts = new Set(
    items
      .filter((item) => isConnection(item) && textOf(item, 'state') === 'draft')
      .map((item) => textOf(item, 'connection_id')),
  );
  return items
    .filter((item) => isDelivery(item) && drafts.has(item.sk))
    .map((item) => ({
      rule: 'delivery_of_draft',
      says: `The event ${item.id} has a delivery over ${item.sk}, which is still a draft`,
      ids: deliveryIds(item),
    }));
};

/** A page names its events by type: `{ 'company.updated': ['evt_…'] }`. */
const eventsOfPage = ({ tenantId, attributes }: StoredItem): string[] =>
  Object.values(attributes['events'] ?? {})
    .flat()
    .map((eventId) => `${tenantId} ${eventId}`);

const eventsWithoutPage = ({ items }: Contents): Violation[] => {
  const listed = new Set(items.filter(isPage).flatMap(eventsOfPage));
  return items
    .filter((item) => isEvent(item) && !listed.has(`${item.tenantId} ${item.id}`))
    .map(({ tenantId, id }) => ({
      rule: 'event_without_page',
      says: `No page of its tenant's journal names the event ${id}`,
      ids: { tenant_id: tenantId, event_id: id },
    }));
};

/** Every event has its deliveries and its page, and nothing is delivered that is no event or is not for whom it reaches. */
export const eventViolations = (contents: Contents): Violation[] => [
  ...eventsWithoutDelivery(contents),
  ...deliveriesWithoutEvent(contents),
  ...deliveriesOfDrafts(contents),
  ...deliveriesOutOfScope(contents),
  ...eventsWithoutPage(contents),
];
