import * as z from 'zod';
import type { Provider } from '#contracts/providers.ts';
import { configSchema } from '../../connections/index.ts';
import type { Connector } from '../../connectors/define.ts';

const jsonSchema = (schema: z.ZodType): Record<string, unknown> => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
};

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
  config_schema: jsonSchema(configSchema(connector)),
  secret_schema: jsonSchema(connector.secrets),
});
