import type { Connection } from '#contracts/connection-views.ts';
import { scopeOf } from '#contracts/scopes.ts';
import { connectorOf } from '../connectors/all.ts';
import type { ValidationContext } from '../connectors/define.ts';
import { presentHealth } from './health.ts';
import { principalView } from './principal.ts';
import type { ConnectionRecord, SecretField, Standing } from './record.ts';
import { validateConnection } from './validate.ts';

export interface ViewContext {
  readonly validation: ValidationContext;
  readonly now: () => number;
}

/** What keeps a connection from being enabled; of one whose connector is gone, nothing is known. */
export const errorsOf = (record: ConnectionRecord, { validation, now }: ViewContext) => {
  const connector = connectorOf(record.connector_type);
  return connector && record.state !== 'revoked'
    ? validateConnection(connector, record, validation, now())
    : [];
};

/** A secret field as the API shows it: that it is there, and since and until when. Never what it is. */
export const redactedField = (
  { version, created_at, expires_at, previous = [] }: SecretField,
  nowMs: number,
) => {
  const valid = previous.filter(({ until }) => Date.parse(until) > nowMs);
  return {
    present: true as const,
    version,
    created_at,
    ...(expires_at === undefined ? {} : { expires_at }),
    ...(valid.length === 0 ? {} : { previous_valid_until: valid.map(({ until }) => until) }),
  };
};

/** A connection as the API shows it: which secrets there are, never one of them. */
export const toView = ({ connection, principal }: Standing, context: ViewContext): Connection => {
  const validation = errorsOf(connection, context);
  const nowMs = context.now();
  const redacted = Object.entries(connection.secret_fields).map(([name, field]) => [
    name,
    redactedField(field, nowMs),
  ]);
  return {
    connection_id: connection.connection_id,
    connector_type: connection.connector_type,
    ...scopeOf(connection),
    state: connection.state,
    ...(connection.paused_at === undefined ? {} : { paused_at: connection.paused_at }),
    config: connection.config,
    redacted_secrets: Object.fromEntries(redacted),
    ...(connection.authorization === undefined ? {} : { authorization: connection.authorization }),
    validation,
    health: presentHealth(connection, validation).status,
    ...(principal === undefined ? {} : { principal: principalView(principal) }),
    created_at: connection.created_at,
    updated_at: connection.updated_at,
  };
};
