import type { Activity, ActivityAction } from '#contracts/activity.ts';
import { PLATFORM_INDEX } from '#contracts/platform-index.ts';
import { scopeOf } from '#contracts/scopes.ts';
import type { Item } from '../platform/dynamo/item.ts';
import { randomId } from '../platform/ids.ts';
import { activityPartition, PLATFORM, type Place } from './keys.ts';

/** Who does something, through what, and why: the same for all that one request does. */
export interface Cause {
  readonly actor: string;
  readonly source: Activity['source'];
  readonly request_id?: string | undefined;
  readonly note?: string | undefined;
}

/** What was done. Names and codes alone: no value of a configuration, no secret, nobody's data. */
export interface Deed {
  readonly action: ActivityAction;
  readonly changed?: readonly string[] | undefined;
  readonly key_id?: string | undefined;
  readonly code?: string | undefined;
}

/** To what it was done: a connection at its place, the tenant itself, or, with `PLATFORM` as the tenant, the deployment. */
export type Target = { readonly tenant_id: string; readonly connection_id?: string } & Partial<Place>;

const RETENTION_SECONDS = 400 * 24 * 3600;

const placeOf = ({ tenant_id, scope, scope_id, connector_type }: Target): Place | undefined =>
  scope === undefined || connector_type === undefined
    ? undefined
    : { tenant_id, connector_type, ...scopeOf({ scope, scope_id }) };

/** Uses are many more than changes, so the two are listed apart. */
const listOf = ({ action }: Deed) => (action === 'connection.used' ? 'use' : 'change');

/** The item that records a deed; it is written in the transaction that does it, so neither is there without the other. */
export const activityItem = (deed: Deed, target: Target, cause: Cause, atMs: number) => {
  const sk = `${new Date(atMs).toISOString()}#${randomId('act')}`;
  const { connection_id, connector_type, scope, scope_id } = target;
  return {
    pk: activityPartition(target.tenant_id, placeOf(target)),
    sk,
    ...deed,
    ...cause,
    connection_id,
    connector_type,
    scope,
    scope_id,
    [PLATFORM_INDEX.partitionKey]: listOf(deed),
    [PLATFORM_INDEX.sortKey]: sk,
    expires: Math.floor(atMs / 1000) + RETENTION_SECONDS,
  };
};

/** An item that `activityItem` made, as the API shows it. */
export const activityView = (item: Item): Activity => {
  const { pk, sk, expires: _, platform: _list, platform_at: _at, ...deed } = item;
  const [, tenantId = ''] = String(pk).split('#');
  const [at = '', activityId = ''] = String(sk).split('#');
  const tenant = tenantId === PLATFORM ? {} : { tenant_id: tenantId };
  return { activity_id: activityId, at, ...tenant, ...deed } as Activity;
};
