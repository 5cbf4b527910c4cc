import type { ConnectCallback } from '#contracts/connect.ts';
import type { Connection } from '#contracts/connection-views.ts';
import { type ErrorCode, type Problem, problem } from '#contracts/errors.ts';
import { scopeName, scopeOf } from '#contracts/scopes.ts';
import { connectorOf } from '../../connectors/all.ts';
import type { ValidationContext } from '../../connectors/define.ts';
import type { OAuthServer } from '../../connectors/oauth.ts';
import { asTenant } from '../../platform/aws/as-tenant.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Cause } from '../activity.ts';
import type { Changes } from '../changes.ts';
import type { ProviderCredentialsStore } from '../oauth/provider-credentials.ts';
import type { TokenAnswer, TokenGrant } from '../oauth/token-answer.ts';
import { type OpenText, type SealText, sealGrant } from '../oauth/tokens.ts';
import { isOAuth, type OAuthConnector, type Vendor } from '../oauth/vendor.ts';
import { standingAt } from '../record.ts';
import type { ConnectionsStore } from '../store.ts';
import { toView } from '../view.ts';
import { connectedChange, type Granting } from './connected.ts';
import type { Pending, PendingStore } from './pending.ts';
import { pendingContext } from './start.ts';
import { hashOf, tenantOf } from './state.ts';

export interface CompleteDeps {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly create: Changes['create'];
  readonly replace: Changes['replace'];
  readonly credentials: Pick<ProviderCredentialsStore, 'find'>;
  readonly pending: Pick<PendingStore, 'take'>;
  readonly vendor: Pick<Vendor, 'account' | 'exchange'>;
  readonly seal: SealText;
  readonly open: OpenText;
  readonly validation: ValidationContext;
  readonly now: () => number;
  readonly log: Log;
}

interface Coded {
  readonly server: OAuthServer;
  readonly code: string;
  /** Of the connection as it will be. */
  readonly config: Readonly<Record<string, unknown>>;
}

interface Claimed {
  readonly tenantId: string;
  readonly stateHash: string;
  readonly pending: Pending;
}

const SAVES_MAX = 3;

const namedBy = (pending: Pending) => ({ ...scopeOf(pending), connector_type: pending.provider });

const isProblem = (value: object): value is Problem => 'code' in value;

/** What a code turned out to be worth, where it is not tokens. A vendor's other refusals are about the code, for we sent all else. */
const exchangeError = (answer: Exclude<TokenAnswer, TokenGrant>): ErrorCode => {
  if (answer.outcome === 'client_refused') return 'connect.client_refused';
  if (answer.outcome === 'refused') return 'connect.code_refused';
  return /^http_[24]/.test(answer.code) && answer.code !== 'http_429'
    ? 'connect.code_refused'
    : 'connect.vendor_unavailable';
};

/** Takes the state out of the world: whatever comes after, it is used. */
const makeClaim =
  (deps: CompleteDeps) =>
  async (tenantId: string, provider: string, state: string): Promise<Claimed | Problem> => {
    const stateHash = hashOf(state);
    const taken = await deps.pending.take(tenantId, stateHash, provider);
    if (taken.outcome === 'unknown') return problem('connect.state_invalid');
    if (taken.outcome === 'other_provider') return problem('connect.provider_mismatch');
    if (taken.pending.valid_until <= deps.now()) return problem('connect.state_expired');
    return { tenantId, stateHash, pending: taken.pending };
  };

const makeExchange =
  (deps: CompleteDeps) =>
  async (
    connector: OAuthConnector,
    { tenantId, stateHash, pending }: Claimed,
    { server, code, config }: Coded,
  ): Promise<Granting | Problem> => {
    const app = await deps.credentials.find(connector.type);
    if (!app) return problem('connect.provider_not_set_up');
    const { sealed_verifier: sealed } = pending;
    const verifier = sealed && (await deps.open(sealed, pendingContext(tenantId, stateHash)));
    const answer = await deps.vendor.exchange(connector, await app.client(), {
      tokenUrl: server.tokenUrl,
      code,
      redirectUri: pending.redirect_uri,
      ...(verifier === undefined ? {} : { verifier }),
    });
    if (answer.outcome !== 'granted') return problem(exchangeError(answer));
    const account = await deps.vendor.account(connector, answer, config);
    if (account === 'unclear') return problem('connect.account_unclear');
    if (account === 'unavailable') return problem('connect.vendor_unavailable');
    return { tenantId, connector, pending, grant: answer, account };
  };

const makeSave =
  (deps: CompleteDeps) =>
  async (granting: Granting, tokenUrl: string, cause: Cause): Promise<Connection | Problem> => {
    const named = namedBy(granting.pending);
    for (let saves = 0; saves < SAVES_MAX; saves += 1) {
      const found = standingAt(await deps.ofTenant(granting.tenantId, [scopeName(named)]), named);
      const atMs = deps.now();
      const planned = connectedChange(found, granting, { atMs, validation: deps.validation, cause });
      if (isProblem(planned)) return planned;
      const { connection, principal = found?.principal } = planned;
      const tokens = await sealGrant(connection, granting.grant, { tokenUrl, nowMs: atMs, seal: deps.seal });
      const write = connection.revision === 1 ? deps.create : deps.replace;
      if (await write({ ...planned, tokens })) return toView({ connection, principal }, deps);
    }
    return problem('connection.write_conflict');
  };

/** Completes a connect with what the vendor sent the user back with. Until the grant is whole, nothing is written. */
export const makeComplete = (deps: CompleteDeps) => {
  const [claim, exchange, save] = [makeClaim(deps), makeExchange(deps), makeSave(deps)];

  const complete = async (
    connector: OAuthConnector,
    claimed: Claimed,
    callback: ConnectCallback,
    requestId: string,
  ): Promise<Connection | Problem> => {
    if (callback.error === 'access_denied') return problem('connect.access_denied');
    const { oauth } = connector;
    const hints = { config: claimed.pending.config ?? {}, callback };
    const server = oauth.serverFor ? oauth.serverFor(hints) : oauth.server;
    if (callback.error !== undefined || !callback.code || server === undefined)
      return problem('connect.authorization_failed');
    const named = namedBy(claimed.pending);
    const tenant = await deps.ofTenant(claimed.tenantId, [scopeName(named)]);
    if (!tenant.integrationsEnabled) return problem('tenant.integrations_disabled');
    const config = claimed.pending.config ?? standingAt(tenant, named)?.connection.config ?? {};
    const granting = await exchange(connector, claimed, { server, code: callback.code, config });
    if (isProblem(granting)) return granting;
    // The callback is public: whoever began the connect is who makes the connection.
    const cause = { actor: claimed.pending.actor, source: 'api' as const, request_id: requestId };
    return save(granting, server.tokenUrl, cause);
  };

  const completeFor = async (
    tenantId: string,
    connector: OAuthConnector,
    callback: ConnectCallback,
    requestId: string,
  ): Promise<Connection | Problem> => {
    const claimed = await claim(tenantId, connector.type, callback.state);
    if (isProblem(claimed)) return claimed;
    const result = await complete(connector, claimed, callback, requestId);
    const line = { stage: 'connect', tenant_id: tenantId, connector_type: connector.type };
    deps.log(
      isProblem(result)
        ? { ...line, outcome: 'refused', code: result.code }
        : { ...line, outcome: 'connected', connection_id: result.connection_id },
    );
    return result;
  };

  return async (
    provider: string,
    callback: ConnectCallback,
    requestId: string,
  ): Promise<Connection | Problem> => {
    const connector = connectorOf(provider);
    if (!isOAuth(connector)) return problem('connect.provider_unknown');
    const tenantId = tenantOf(callback.state);
    if (tenantId === undefined) return problem('connect.state_invalid');
    // The callback is public, so nothing but its state says for which tenant it is.
    return asTenant(tenantId, () => completeFor(tenantId, connector, callback, requestId));
  };
};
