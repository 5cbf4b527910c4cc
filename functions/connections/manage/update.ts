import type { Connection } from '#contracts/connection-views.ts';
import type { UpdateConnection } from '#contracts/connections.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import { scopeName } from '#contracts/scopes.ts';
import { connectorOf } from '../../connectors/all.ts';
import type { Connector } from '../../connectors/define.ts';
import type { Cause, Deed } from '../activity.ts';
import { changedFields } from '../changed-fields.ts';
import type { Change, Changes } from '../changes.ts';
import { UNKNOWN_HEALTH } from '../health.ts';
import { parkReasonOf } from '../parking.ts';
import { newKeyId } from '../principal.ts';
import { type ConnectionRecord, type Named, type Standing, standingAt } from '../record.ts';
import { refusedConfig } from '../refused-config.ts';
import { rotate } from '../rotation.ts';
import type { ConnectionsStore } from '../store.ts';
import { knownConfig, validateConnection } from '../validate.ts';
import { toView, type ViewContext } from '../view.ts';
import {
  type ChosenSecrets,
  chooseSecrets,
  generatable,
  type Seal,
  sealAll,
  showing,
} from './chosen-secrets.ts';

export interface UpdateDeps extends ViewContext {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly replace: Changes['replace'];
  readonly seal: Seal;
}

const HOUR_MS = 3_600_000;
const NO_SECRETS: ChosenSecrets = { values: {}, generated: {} };

/** What a request asks of the secrets: a value that is null, or no field at all, asks for a generated one. */
const askedSecrets = (connector: Connector, asked: UpdateConnection['secrets']) => {
  if (asked === undefined) return NO_SECRETS;
  const given = Object.entries(asked).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  const nulls = Object.keys(asked).filter((name) => asked[name] === null);
  const toGenerate = Object.keys(asked).length === 0 ? generatable(connector) : nulls;
  return chooseSecrets(connector, Object.fromEntries(given), toGenerate);
};

const forbidden = ({ state }: ConnectionRecord, input: UpdateConnection): Problem | undefined => {
  if (state === 'revoked') return problem('connection.revoked');
  return state === 'draft' && input.state === 'disabled' ? problem('connection.state_invalid') : undefined;
};

const deedsOf = (
  before: ConnectionRecord,
  after: ConnectionRecord,
  rotated: readonly string[],
  keyId: string | undefined,
) => {
  const fields = changedFields(before.config, after.config);
  const deeds: Deed[] = [];
  if (fields.length > 0) deeds.push({ action: 'connection.configured', changed: fields });
  if (rotated.length > 0) {
    const changed = rotated.map((name) => `secrets.${name}`);
    deeds.push({ action: 'connection.secrets_rotated', changed, key_id: keyId });
  }
  if (after.state !== before.state) {
    deeds.push({ action: after.state === 'enabled' ? 'connection.enabled' : 'connection.disabled' });
  }
  return deeds;
};

interface Plan extends Pick<Change, 'deeds' | 'retired' | 'ended'> {
  readonly after: Standing;
  /** Of the secrets that are new. */
  readonly version: number;
}

/** What a request makes of a connection and its principal. */
const planOf = (
  { connection: before, principal }: Standing,
  connector: Connector,
  input: UpdateConnection,
  names: readonly string[],
  nowMs: number,
): Plan => {
  const version = before.secret_version + (names.length > 0 ? 1 : 0);
  const overlapMs = input.overlap_hours * HOUR_MS;
  const rotation = { names, version, nowMs, overlapMs, expiresAt: input.secrets_expire_at };
  const { fields, retired, ended } = rotate(before.secret_fields, rotation);
  const connection: ConnectionRecord = {
    ...before,
    state: input.state ?? before.state,
    config: input.config === undefined ? before.config : knownConfig(connector, input.config),
    secret_version: version,
    secret_fields: fields,
    // What was known is about what it was.
    health: UNKNOWN_HEALTH,
    revision: before.revision + 1,
    updated_at: new Date(nowMs).toISOString(),
  };
  const renewed = principal && names.length > 0 ? { ...principal, key_id: newKeyId() } : principal;
  const deeds = deedsOf(before, connection, names, renewed?.key_id);
  return { after: { connection, principal: renewed }, version, retired, ended, deeds };
};

/** Configures, enables, disables, rotates. Nothing that has validation errors becomes or stays enabled. */
export const makeUpdate = (deps: UpdateDeps) => {
  const apply = async (
    standing: Standing,
    connector: Connector,
    input: UpdateConnection,
    secrets: ChosenSecrets,
    cause: Cause,
  ): Promise<Connection | Problem> => {
    const atMs = deps.now();
    const names = Object.keys(secrets.values);
    const { after, version, ...written } = planOf(standing, connector, input, names, atMs);
    const { connection, principal } = after;
    const enabled = connection.state === 'enabled';
    const errors = enabled ? validateConnection(connector, connection, deps.validation, atMs) : [];
    if (errors.length > 0) return problem('connection.invalid', { errors });
    if (written.deeds.length === 0) return toView(standing, deps);
    const sealed = await sealAll(deps.seal, connection, secrets.values, version);
    const renewed = names.length > 0 ? { principal } : {};
    const wakes = parkReasonOf(connector, standing.connection, atMs) !== undefined;
    const done = await deps.replace({ ...written, ...renewed, connection, sealed, wakes, cause, atMs });
    return done ? showing(toView(after, deps), secrets) : problem('connection.write_conflict');
  };

  return async (
    tenantId: string,
    named: Named,
    input: UpdateConnection,
    cause: Cause,
  ): Promise<Connection | Problem> => {
    const tenant = await deps.ofTenant(tenantId, [scopeName(named)]);
    if (!tenant.integrationsEnabled) return problem('tenant.integrations_disabled');
    const standing = standingAt(tenant, named);
    const connector = standing && connectorOf(standing.connection.connector_type);
    if (!connector) return problem('connection.not_found');
    const refused = forbidden(standing.connection, input);
    if (refused) return refused;
    const secrets = askedSecrets(connector, input.secrets);
    const wrongSecrets = 'errors' in secrets ? secrets.errors : [];
    const errors = [...refusedConfig(connector, input.config ?? {}), ...wrongSecrets];
    if ('errors' in secrets || errors.length > 0) return problem('request.invalid', { errors });
    return apply(standing, connector, input, secrets, cause);
  };
};
