import { CommonConfig } from '#contracts/connections.ts';
import { type FieldError, fieldErrors } from '#contracts/errors.ts';
import type { Connector, ValidationContext } from '../connectors/define.ts';
import type { ConnectionRecord } from './record.ts';

type Config = Readonly<Record<string, unknown>>;

/** Objects and lists inside one another that a field of a configuration may have. */
export const CONFIG_LEVELS_MAX = 8;

/** The whole configuration of a connection: what all share and what its connector asks for. */
export const configSchema = (connector: Connector) => CommonConfig.extend(connector.config.shape);

const SECRET_LIKE = /secret|password|passwd|token|api_?key|authorization|credential|private_?key/i;

/** Fields of a configuration that look like secrets: those are refused there, whatever their value. */
export const secretFieldsIn = (
  connector: Connector,
  config: Config,
  levels = CONFIG_LEVELS_MAX,
): FieldError[] => {
  const known = configSchema(connector).shape;
  return Object.entries(config).flatMap(([name, value]) => {
    if (Object.hasOwn(known, name)) return [];
    // An unknown field is not kept, so what lies too deep in one to be looked at is gone anyway.
    const looksInside = levels > 0 && typeof value === 'object' && value !== null;
    const nested = looksInside ? secretFieldsIn(connector, value as Config, levels - 1) : [];
    const secret =
      Object.hasOwn(connector.secrets.shape, name) || SECRET_LIKE.test(name) || nested.length > 0;
    return secret
      ? [{ field: `config.${name}`, message: 'looks like a secret; secrets belong under "secrets"' }]
      : [];
  });
};

/** Only the fields that the schema knows: anything else is ignored and not kept. */
export const knownConfig = (connector: Connector, config: Config): Record<string, unknown> => {
  const known = configSchema(connector).shape;
  return Object.fromEntries(Object.entries(config).filter(([name]) => Object.hasOwn(known, name)));
};

interface Validated {
  readonly config: Config;
  readonly secret_fields: Readonly<Record<string, { readonly expires_at?: string }>>;
  readonly authorization?: ConnectionRecord['authorization'];
}

const missingSecrets = (connector: Connector, { secret_fields }: Validated): FieldError[] =>
  Object.entries(connector.secrets.shape)
    .filter(([name, field]) => !(name in secret_fields) && !field.safeParse(undefined).success)
    .map(([name]) => ({ field: `secrets.${name}`, message: 'is required' }));

/** What is said of a secret whose end has come. */
export const EXPIRED = 'has expired';

const expiredSecrets = ({ secret_fields }: Validated, nowMs: number): FieldError[] =>
  Object.entries(secret_fields)
    .filter(([, { expires_at }]) => expires_at !== undefined && Date.parse(expires_at) <= nowMs)
    .map(([name]) => ({ field: `secrets.${name}`, message: EXPIRED }));

/** What the schemas and the time say against a connection: fields of its configuration, secrets that are missing or have expired. */
export const schemaErrors = (connector: Connector, connection: Validated, nowMs: number): FieldError[] => {
  const parsed = configSchema(connector).safeParse(connection.config);
  const configErrors = parsed.success ? [] : fieldErrors(parsed.error, 'config');
  return [...configErrors, ...missingSecrets(connector, connection), ...expiredSecrets(connection, nowMs)];
};

/** What is wrong with a grant that a connection of that type cannot do without. */
export const grantErrors = (type: string, authorization: ConnectionRecord['authorization']): FieldError[] => {
  if (authorization?.status === 'granted') return [];
  const says = authorization === undefined ? 'is required' : 'has ended at the vendor';
  return [{ field: 'authorization', message: `${says}: POST /connect/${type}` }];
};

/** What keeps a connection from being enabled: a grant that is missing, what its schemas say, and what its connector knows beyond them. */
export const validateConnection = (
  connector: Connector,
  connection: Validated,
  context: ValidationContext,
  nowMs: number,
): FieldError[] => {
  const parsed = configSchema(connector).safeParse(connection.config);
  const beyond = parsed.success ? (connector.validate?.(parsed.data, context) ?? []) : [];
  const grant = connector.oauth === undefined ? [] : grantErrors(connector.type, connection.authorization);
  return [...beyond, ...schemaErrors(connector, connection, nowMs), ...grant];
};
