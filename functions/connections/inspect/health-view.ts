import type { ConnectionHealth } from '#contracts/connection-health.ts';
import { connectorOf } from '../../connectors/all.ts';
import { presentHealth } from '../health.ts';
import type { Standing } from '../record.ts';
import { errorsOf, redactedField, type ViewContext } from '../view.ts';

/** Each secret that a connector knows: whether it is there and has to be. */
const presenceOf = ({ connection }: Standing, nowMs: number): ConnectionHealth['secrets'] => {
  const shape = connectorOf(connection.connector_type)?.secrets.shape ?? {};
  return Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => {
      const field = connection.secret_fields[name];
      const required = !schema.safeParse(undefined).success;
      return [name, { ...(field ? redactedField(field, nowMs) : { present: false }), required }];
    }),
  );
};

/** The health of a connection as the API shows it: what the last check found, and what has drifted since. */
export const healthView = (standing: Standing, context: ViewContext): ConnectionHealth => {
  const { connection, principal } = standing;
  const health = presentHealth(connection, errorsOf(connection, context));
  return {
    connection_id: connection.connection_id,
    connector_type: connection.connector_type,
    state: connection.state,
    status: health.status,
    reasons: [...health.reasons],
    secrets: presenceOf(standing, context.now()),
    ...(health.checked_at === undefined ? {} : { checked_at: health.checked_at }),
    ...(principal?.last_used_at === undefined ? {} : { last_used_at: principal.last_used_at }),
  };
};
