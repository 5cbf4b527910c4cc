import type { Connection } from '#contracts/connections.ts';
import { connectorOf } from '../connectors/all.ts';
import type { ValidationContext } from '../connectors/define.ts';
import type { ConnectionRecord } from './record.ts';
import { validateConnection } from './validate.ts';

/** A connection as the API shows it: which secrets there are, never one of them. */
export const toView = (record: ConnectionRecord, context: ValidationContext): Connection => {
  const connector = connectorOf(record.connector_type);
  const redacted = Object.entries(record.secret_fields).map(([name, createdAt]) => [
    name,
    { present: true, version: record.secret_version, created_at: createdAt },
  ]);
  return {
    connection_id: record.connection_id,
    connector_type: record.connector_type,
    scope: record.scope,
    state: record.state,
    config: record.config,
    redacted_secrets: Object.fromEntries(redacted),
    ...(record.authorization === undefined ? {} : { authorization: record.authorization }),
    validation: connector ? validateConnection(connector, record, context) : [],
    created_at: record.created_at,
    updated_at: record.updated_at,
  };
};
