import { jsonSchemaOf } from '#contracts/json-schema.ts';
import type { Provider } from '#contracts/providers.ts';
import { configSchema } from '../../connections/index.ts';
import type { Connector } from '../../connectors/define.ts';

/** A connector as the public catalogue shows it; its schemas are what a form is drawn from. */
export const toProvider = (connector: Connector): Provider => ({
  connector_type: connector.type,
  name: connector.name,
  description: connector.description,
  category: connector.category,
  direction: connector.direction,
  capabilities: [...connector.capabilities],
  action_keys: [...connector.actionKeys],
  auth: connector.auth,
  config_schema: jsonSchemaOf(configSchema(connector)),
  secret_schema: jsonSchemaOf(connector.secrets),
});
