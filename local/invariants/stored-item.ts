/**
 * One item of any table. Its partition key is `T#<tenant>#<kind>` or `T#<tenant>#<kind>#<id>`, which is restated here
 * as a fact: a check must not take its formats from the code that it checks.
 */
export interface StoredItem {
  readonly table: string;
  readonly pk: string;
  readonly sk: string;
  /** `platform` for what belongs to the deployment; empty when the key does not begin with a tenant. */
  readonly tenantId: string;
  /**
   * `C` connections, their principals and settings, `A` activity, `S` secrets, `O` connects under way, `P` our apps at
   * providers, `E` events and their deliveries, `K` connections with parked deliveries, `J` pages of the journal, `W` the
   * rewrap of all data keys.
   */
  readonly kind: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const KEY = /^T#([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|platform(?=#(?:A#|P#|W$)))#([A-Z]+)(?:#(.*))?$/;

export const toStoredItem = (table: string, attributes: StoredItem['attributes']): StoredItem => {
  const pk = String(attributes['pk']);
  const [, tenantId = '', kind = '', id = ''] = KEY.exec(pk) ?? [];
  return { table, pk, sk: String(attributes['sk']), tenantId, kind, id, attributes };
};

/** An attribute as text; empty when there is none. */
export const textOf = ({ attributes }: StoredItem, name: string): string => String(attributes[name] ?? '');

export const isEvent = ({ kind, sk }: StoredItem): boolean => kind === 'E' && sk === 'event';
/** Under its event lies a delivery by the id of its connection. */
export const isDelivery = ({ kind, sk }: StoredItem): boolean => kind === 'E' && sk.startsWith('con_');
export const isParking = ({ kind, sk }: StoredItem): boolean => kind === 'K' && sk === 'parking';
export const isPage = ({ kind }: StoredItem): boolean => kind === 'J';
export const isConnection = ({ kind, sk }: StoredItem): boolean => kind === 'C' && /^~?connection#/.test(sk);
export const isPrincipal = ({ kind, sk }: StoredItem): boolean => kind === 'C' && /^~?principal#/.test(sk);
export const isSecrets = ({ kind, sk }: StoredItem): boolean => kind === 'S' && sk.startsWith('version#');

/** The id of the delivery that an item is. */
export const deliveryIdOf = ({ id, sk }: StoredItem): string =>
  `dlv_${id.replace(/^evt_/, '')}_${sk.replace(/^con_/, '')}`;

/** A delivery across tenants, as a message would point to it. */
export const deliveryKey = (item: StoredItem): string => `${item.tenantId} ${deliveryIdOf(item)}`;

export const deliveryIds = (item: StoredItem): Readonly<Record<string, string>> => ({
  tenant_id: item.tenantId,
  event_id: item.id,
  connection_id: item.sk,
  delivery_id: deliveryIdOf(item),
});
