import type { ProviderSettings, ProviderSetup } from '#contracts/connect.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import { connectorOf } from '../../connectors/all.ts';
import type { Cause } from '../activity.ts';
import type { ProviderChange } from '../oauth/provider-credentials.ts';
import { isOAuth } from '../oauth/vendor.ts';
import type { RedirectUris } from './redirect-uris.ts';

export interface SetUpDeps {
  readonly setUpProvider: (change: ProviderChange) => Promise<void>;
  readonly redirectUris: RedirectUris;
  readonly now: () => number;
}

/** Stores our app at a vendor, over what was there. */
export const makeSetUp =
  ({ setUpProvider, redirectUris, now }: SetUpDeps) =>
  async (provider: string, input: ProviderSetup, cause: Cause): Promise<ProviderSettings | Problem> => {
    if (!isOAuth(connectorOf(provider))) return problem('connect.provider_unknown');
    const { client_id, client_secret, redirect_uri } = input;
    const effective = redirect_uri ?? redirectUris.own(provider);
    if (!redirectUris.takes(provider, effective)) return problem('connect.redirect_refused');
    const atMs = now();
    const updated_at = new Date(atMs).toISOString();
    const record = { client_id, ...(redirect_uri === undefined ? {} : { redirect_uri }), updated_at };
    await setUpProvider({ connectorType: provider, record, clientSecret: client_secret, cause, atMs });
    return {
      connector_type: provider,
      client_id,
      redirect_uri: effective,
      redacted_secrets: { client_secret: { present: true, created_at: updated_at } },
    };
  };
