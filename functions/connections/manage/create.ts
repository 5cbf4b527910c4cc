import type { Connection, CreateConnection } from '#contracts/connections.ts';
import { type FieldError, fieldErrors, type Problem, problem } from '#contracts/errors.ts';
import { connectorOf } from '../../connectors/all.ts';
import type { Connector, ValidationContext } from '../../connectors/define.ts';
import type { EncryptionContext, Sealed } from '../../platform/crypto/seal.ts';
import { randomId } from '../../platform/ids.ts';
import type { ConnectionRecord } from '../record.ts';
import { refusedConfig } from '../refused-config.ts';
import { encryptionContext } from '../secrets.ts';
import type { ConnectionsStore } from '../store.ts';
import { knownConfig } from '../validate.ts';
import { toView } from '../view.ts';

export interface CreateDeps {
  readonly store: Pick<ConnectionsStore, 'create' | 'gate'>;
  readonly secretsTable: string;
  readonly seal: (plaintext: string, context: EncryptionContext) => Promise<Sealed>;
  readonly validation: ValidationContext;
  readonly now: () => number;
}

type Given = { readonly given: Record<string, string> } | { readonly errors: FieldError[] };

const givenSecrets = (connector: Connector, input: CreateConnection): Given => {
  const parsed = connector.secrets.partial().safeParse(input.secrets ?? {});
  // Each field of a secret schema is a text.
  return parsed.success
    ? { given: parsed.data as Record<string, string> }
    : { errors: fieldErrors(parsed.error, 'secrets') };
};

const generatedSecrets = (connector: Connector, given: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(connector.generate ?? {})
      .filter(([name]) => given[name] === undefined)
      .map(([name, generate]) => [name, generate()]),
  );

const draft = (
  tenantId: string,
  connector: Connector,
  input: CreateConnection,
  secrets: string[],
  at: string,
) => ({
  connection_id: randomId('con'),
  tenant_id: tenantId,
  connector_type: connector.type,
  scope: input.scope,
  state: 'draft' as const,
  config: knownConfig(connector, input.config),
  secret_version: secrets.length > 0 ? 1 : 0,
  secret_fields: Object.fromEntries(secrets.map((name) => [name, at])),
  revision: 1,
  created_at: at,
  updated_at: at,
});

/** Creates a draft, valid or not. A secret that had to be generated comes back, this once. */
export const makeCreate = (deps: CreateDeps) => {
  const store = async (record: ConnectionRecord, secrets: Record<string, string>): Promise<boolean> => {
    if (record.secret_version === 0) return deps.store.create(record, undefined);
    const sealed = await deps.seal(JSON.stringify(secrets), encryptionContext(record));
    return deps.store.create(record, { table: deps.secretsTable, sealed: { ...record, sealed } });
  };

  return async (tenantId: string, input: CreateConnection): Promise<Connection | Problem> => {
    if (!(await deps.store.gate(tenantId))) return problem('tenant.integrations_disabled');
    const connector = connectorOf(input.connector_type);
    if (!connector) return problem('connection.type_unknown');
    const refused = refusedConfig(connector, input.config);
    if (refused.length > 0) return problem('request.invalid', { errors: refused });
    const secrets = givenSecrets(connector, input);
    if ('errors' in secrets) return problem('request.invalid', { errors: secrets.errors });
    const generated = generatedSecrets(connector, secrets.given);
    const all = { ...secrets.given, ...generated };
    const at = new Date(deps.now()).toISOString();
    const record = draft(tenantId, connector, input, Object.keys(all), at);
    if (!(await store(record, all))) return problem('connection.exists');
    const view = toView(record, deps.validation);
    return Object.keys(generated).length === 0 ? view : { ...view, secrets: generated };
  };
};
