import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { FieldError } from '#contracts/errors.ts';
import { scopeOf } from '#contracts/scopes.ts';
import { transactWrite } from '../platform/dynamo/transact.ts';
import { errorCode, type Log } from '../platform/log/log.ts';
import { activityItem, type Cause } from './activity.ts';
import { makeChanges } from './changes.ts';
import { reasonsOf } from './health.ts';
import { principalKey } from './keys.ts';
import { type ConnectionRecord, type PrincipalRecord, type Standing, subjectIdOf } from './record.ts';

/** Notes that a connection was used. Never rejects: no delivery fails for want of a note. */
export type RecordUse = (standing: Standing) => Promise<void>;

/** Notes that a connection is refused by its own schemas, once for as long as that is so. Never rejects. */
export type Degrade = (connection: ConnectionRecord, errors: readonly FieldError[]) => Promise<void>;

const HOUR_MS = 3_600_000;
const DAY_CHARACTERS = 'YYYY-MM-DD'.length;

// Whoever read the principal before another worker wrote finds the hour's write made.
const UNUSED = 'attribute_not_exists(#last_used_at) OR #last_used_at <= :before';

const dayOf = (time: string | undefined) => time?.slice(0, DAY_CHARACTERS);

const causeOf = (owner: { readonly connection_id: string }): Cause => ({
  actor: subjectIdOf(owner),
  source: 'delivery',
});

const targetOf = ({ tenant_id, connection_id, connector_type, ...rest }: PrincipalRecord) => ({
  tenant_id,
  connection_id,
  connector_type,
  ...scopeOf(rest),
});

/**
 * What workers note about connections. A principal comes with each read of its tenant, so a worker knows without
 * asking whether the hour has its write: one an hour for each connection, and with the first of a day its activity.
 */
export const makeUse = (
  client: DynamoDBClient,
  table: string,
  { now, log }: { readonly now: () => number; readonly log: Log },
) => {
  const { setHealth } = makeChanges(client, { connections: table });

  const quietly = async (note: () => Promise<unknown>, { tenant_id, connection_id }: ConnectionRecord) => {
    try {
      await note();
    } catch (error) {
      const ids = { tenant_id, connection_id };
      log({ stage: 'use', outcome: 'failed', code: errorCode(error), ...ids });
    }
  };

  const write = (principal: PrincipalRecord, nowMs: number) => {
    const at = new Date(nowMs).toISOString();
    const { connection_id, last_used_at } = principal;
    const update = {
      set: { last_used_at: at },
      condition: `#connection_id = :connection_id AND (${UNUSED})`,
      names: ['connection_id'],
      values: { connection_id, before: new Date(nowMs - HOUR_MS).toISOString() },
    };
    const used = activityItem({ action: 'connection.used' }, targetOf(principal), causeOf(principal), nowMs);
    return transactWrite(client, [
      { table, key: principalKey(principal), update },
      ...(dayOf(last_used_at) === dayOf(at) ? [] : [{ table, item: used }]),
    ]);
  };

  const recordUse: RecordUse = async ({ connection, principal }) => {
    const nowMs = now();
    if (principal === undefined || Date.parse(principal.last_used_at ?? '') > nowMs - HOUR_MS) return;
    await quietly(() => write(principal, nowMs), connection);
  };

  const degrade: Degrade = async (connection, errors) => {
    const reasons = reasonsOf(errors);
    if (JSON.stringify(connection.health.reasons) === JSON.stringify(reasons)) return;
    const fields = errors.map(({ field }) => field);
    const deeds = [{ action: 'connection.degraded' as const, changed: fields, code: reasons[0]?.code }];
    const health = { status: 'degraded' as const, reasons };
    const cause = causeOf(connection);
    const change = { connection, health, ifNew: true, deeds, cause, atMs: now() };
    await quietly(() => setHealth(change), connection);
  };

  return { recordUse, degrade };
};
