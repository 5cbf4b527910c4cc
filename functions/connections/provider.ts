import { jsonSchemaOf } from '#contracts/json-schema.ts';
import type { Provider } from '#contracts/providers.ts';
import type { Connector } from '../connectors/define.ts';
import type { OAuth } from '../connectors/oauth.ts';
import { configSchema } from './validate.ts';

const connectOf = ({ scopes, pkce }: OAuth): Provider['connect'] => ({
  scopes: {
    always: [...scopes.always],
    default: [...scopes.default],
    choosable: scopes.separator !== undefined,
  },
  pkce,
});

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
  ...(connector.oauth === undefined ? {} : { connect: connectOf(connector.oauth) }),
  config_schema: jsonSchemaOf(configSchema(connector)),
  secret_schema: jsonSchemaOf(connector.secrets),
});
