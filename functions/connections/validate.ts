import { CommonConfig } from '#contracts/connections.ts';
import { type FieldError, fieldErrors } from '#contracts/errors.ts';
import type { Connector, ValidationContext } from '../connectors/define.ts';

type Config = Readonly<Record<string, unknown>>;

/** The whole configuration of a connection: what all share and what its connector asks for. */
export const configSchema = (connector: Connector) => CommonConfig.extend(connector.config.shape);

const SECRET_LIKE = /secret|password|passwd|token|api_?key|authorization|credential|private_?key/i;

/** Fields of a configuration that look like secrets: those are refused there, whatever their value. */
export const secretFieldsIn = (connector: Connector, config: Config): FieldError[] =>
  Object.entries(config).flatMap(([name, value]) => {
    if (name in configSchema(connector).shape) return [];
    const nested =
      typeof value === 'object' && value !== null ? secretFieldsIn(connector, value as Config) : [];
    const secret = name in connector.secrets.shape || SECRET_LIKE.test(name) || nested.length > 0;
    return secret
      ? [{ field: `config.${name}`, message: 'looks like a secret; secrets belong under "secrets"' }]
      : [];
  });

/** Only the fields that the schema knows: anything else is ignored and not kept. */
export const knownConfig = (connector: Connector, config: Config): Record<string, unknown> => {
  const known = configSchema(connector).shape;
  return Object.fromEntries(Object.entries(config).filter(([name]) => name in known));
};

/** What keeps a connection from being enabled: errors of its configuration and secrets that are missing. */
export const validateConnection = (
  connector: Connector,
  connection: { readonly config: Config; readonly secret_fields: Readonly<Record<string, string>> },
  context: ValidationContext,
): FieldError[] => {
  const parsed = configSchema(connector).safeParse(connection.config);
  const configErrors = parsed.success
    ? (connector.validate?.(parsed.data, context) ?? [])
    : fieldErrors(parsed.error, 'config');
  const missing = Object.entries(connector.secrets.shape)
    .filter(([name, field]) => !(name in connection.secret_fields) && !field.safeParse(undefined).success)
    .map(([name]) => ({ field: `secrets.${name}`, message: 'is required' }));
  return [...configErrors, ...missing];
};
