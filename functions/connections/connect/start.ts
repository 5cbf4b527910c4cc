import { randomBytes } from 'node:crypto';
import type { ConnectStarted, StartConnect } from '#contracts/connect.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import { scopeName, scopeOf } from '#contracts/scopes.ts';
import { PENDING_PURPOSE } from '#contracts/secrets-purpose.ts';
import { connectorOf } from '../../connectors/all.ts';
import type { EncryptionContext } from '../../platform/crypto/seal.ts';
import { authorizeUrl, scopesToAsk } from '../oauth/authorize-url.ts';
import type { ProviderCredentialsStore } from '../oauth/provider-credentials.ts';
import type { SealText } from '../oauth/tokens.ts';
import { isOAuth, type OAuthConnector } from '../oauth/vendor.ts';
import { type VendorUrls, vendorUrl } from '../oauth/vendor-urls.ts';
import { standingAt } from '../record.ts';
import { refusedConfig } from '../refused-config.ts';
import type { ConnectionsStore } from '../store.ts';
import { knownConfig } from '../validate.ts';
import type { PendingStore } from './pending.ts';
import type { RedirectUris } from './redirect-uris.ts';
import { hashOf, newState } from './state.ts';

export interface StartDeps {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly credentials: Pick<ProviderCredentialsStore, 'find'>;
  readonly pending: Pick<PendingStore, 'put'>;
  readonly seal: SealText;
  readonly redirectUris: RedirectUris;
  readonly urls: VendorUrls;
  readonly now: () => number;
}

const VALID_MS = 10 * 60_000;
// 43 characters, the least that RFC 7636 §4.1 allows and what it recommends.
const VERIFIER_BYTES = 32;

/** What seals a verifier to the one connect that it belongs to. */
export const pendingContext = (tenantId: string, stateHash: string): EncryptionContext => ({
  tenant_id: tenantId,
  connect_id: stateHash,
  purpose: PENDING_PURPOSE,
});

interface Remembered {
  readonly tenantId: string;
  readonly actor: string;
  readonly input: StartConnect;
  readonly redirectUri: string;
}

/** What is wrong with a request, whoever sends it. */
const refusalOf = ({ oauth, ...connector }: OAuthConnector, input: StartConnect): Problem | undefined => {
  const unchoosable = input.scopes !== undefined && oauth.scopes.separator === undefined;
  const errors = [
    ...refusedConfig(connector, input.config ?? {}),
    ...(unchoosable ? [{ field: 'scopes', message: 'are set at the vendor and cannot be named' }] : []),
  ];
  return errors.length > 0 ? problem('request.invalid', { errors }) : undefined;
};

/** Begins a connect: remembers it under a state that can be used once, and says where to send the user. */
export const makeStart = (deps: StartDeps) => {
  const remember = async (connector: OAuthConnector, { tenantId, actor, input, redirectUri }: Remembered) => {
    const state = newState(tenantId);
    const stateHash = hashOf(state);
    const verifier = connector.oauth.pkce ? randomBytes(VERIFIER_BYTES).toString('base64url') : undefined;
    const scopes = scopesToAsk(connector.oauth, input.scopes);
    const validUntil = deps.now() + VALID_MS;
    await deps.pending.put(tenantId, stateHash, {
      provider: connector.type,
      actor,
      ...scopeOf(input),
      ...(input.config === undefined ? {} : { config: knownConfig(connector, input.config) }),
      redirect_uri: redirectUri,
      scopes,
      ...(verifier === undefined
        ? {}
        : { sealed_verifier: await deps.seal(verifier, pendingContext(tenantId, stateHash)) }),
      valid_until: validUntil,
    });
    return { state, scopes, validUntil, ...(verifier === undefined ? {} : { verifier }) };
  };

  return async (
    tenantId: string,
    provider: string,
    input: StartConnect,
    actor: string,
  ): Promise<ConnectStarted | Problem> => {
    const connector = connectorOf(provider);
    if (!isOAuth(connector)) return problem('connect.provider_unknown');
    const tenant = await deps.ofTenant(tenantId, [scopeName(input)]);
    if (!tenant.integrationsEnabled) return problem('tenant.integrations_disabled');
    const refusal = refusalOf(connector, input);
    if (refusal) return refusal;
    const app = await deps.credentials.find(provider);
    if (!app) return problem('connect.provider_not_set_up');
    const redirectUri = input.redirect_uri ?? app.redirect_uri ?? deps.redirectUris.own(provider);
    if (!deps.redirectUris.takes(provider, redirectUri)) return problem('connect.redirect_refused');
    const { oauth } = connector;
    const named = { ...scopeOf(input), connector_type: provider };
    const config = input.config ?? standingAt(tenant, named)?.connection.config ?? {};
    const server = oauth.serverFor?.({ config }) ?? oauth.server;
    const { validUntil, ...remembered } = await remember(connector, {
      tenantId,
      actor,
      input,
      redirectUri,
    });
    const url = authorizeUrl(oauth, { ...remembered, server, clientId: app.client_id, redirectUri });
    return {
      authorize_url: vendorUrl(deps.urls, provider, url),
      expires_at: new Date(validUntil).toISOString(),
    };
  };
};
