import { connectorOf } from '../../connectors/all.ts';
import { makeCache } from '../../platform/cache.ts';
import type { Secret } from '../../platform/crypto/secret.ts';
import { randomId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log/log.ts';
import type { ConnectionRecord } from '../record.ts';
import type { ProviderCredentialsStore } from './provider-credentials.ts';
import type { TokenAnswer } from './token-answer.ts';
import type { TokenRecord, TokenRecords } from './token-record.ts';
import { type OpenText, openTokens, type SealText, sealGrant, type Tokens } from './tokens.ts';
import { isOAuth, type Vendor } from './vendor.ts';

export type AccessToken =
  | { readonly ok: true; readonly token: Secret }
  /** The grant has ended; someone has to connect again. */
  | { readonly ok: false; readonly reason: 'needs_reauth' }
  /** It could not be renewed now; a later try may find it. */
  | { readonly ok: false; readonly reason: 'unavailable'; readonly code: string };

export interface AccessTokenDeps {
  readonly records: TokenRecords;
  readonly credentials: Pick<ProviderCredentialsStore, 'find'>;
  readonly vendor: Pick<Vendor, 'refresh'>;
  readonly seal: SealText;
  readonly open: OpenText;
  readonly markNeedsReauth: (connection: ConnectionRecord) => Promise<void>;
  readonly now: () => number;
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  readonly log: Log;
}

/** More than twice what a refresh may take: a holder that is still alive has finished before another begins. */
const LEASE_MS = 30_000;
/** How long the others wait for the one who refreshes. */
const WAIT_MS_MAX = 15_000;
const POLL_MS = 100;
const RETRY_AFTER_MS = 5_000;
const OPENED = { ttlMs: 5 * 60_000, entriesMax: 1000 };

const unavailable = (code: string): AccessToken => ({ ok: false, reason: 'unavailable', code });
const needsReauth: AccessToken = { ok: false, reason: 'needs_reauth' };

type Again = 'again';

const makeRefresh = (deps: AccessTokenDeps) => {
  const ask = async (
    { connector_type }: ConnectionRecord,
    { token_url: tokenUrl }: TokenRecord,
    refreshToken: string,
  ): Promise<TokenAnswer> => {
    const connector = connectorOf(connector_type);
    const credentials = await deps.credentials.find(connector_type);
    if (!isOAuth(connector) || !credentials) return { outcome: 'client_refused' };
    return deps.vendor.refresh(connector, await credentials.client(), { tokenUrl, refreshToken });
  };

  /** Renews the tokens as the holder of the lease. What the vendor gave is stored before anyone may use it. */
  return async (
    connection: ConnectionRecord,
    record: TokenRecord,
    tokens: Tokens,
    leaseId: string,
  ): Promise<AccessToken | Again> => {
    const { refreshToken } = tokens;
    const answer: TokenAnswer = refreshToken
      ? await ask(connection, record, refreshToken.reveal())
      : { outcome: 'refused' };
    const { tenant_id, connection_id, connector_type } = connection;
    const line = { stage: 'refresh', tenant_id, connection_id, connector_type };
    deps.log(
      'code' in answer
        ? { ...line, outcome: answer.outcome, code: answer.code }
        : { ...line, outcome: answer.outcome },
    );
    if (answer.outcome === 'granted') {
      const next = await sealGrant(connection, answer, {
        tokenUrl: record.token_url,
        nowMs: deps.now(),
        ...(refreshToken === undefined ? {} : { refreshToken }),
        seal: deps.seal,
      });
      const stored = await deps.records.renew(connection, record, next);
      return stored ? { ok: true, token: answer.accessToken } : 'again';
    }
    if (answer.outcome === 'refused') {
      await deps.records.refuse(connection, record);
      return 'again';
    }
    await deps.records.postpone(connection, record, leaseId, deps.now() + RETRY_AFTER_MS);
    return unavailable(answer.outcome === 'unavailable' ? answer.code : answer.outcome);
  };
};

const isPast = (time: number | undefined, nowMs: number) => time !== undefined && time <= nowMs;
const isAhead = (time: number | undefined, nowMs: number) => time !== undefined && time > nowMs;

/**
 * Gives a connection's access token, renewed when its end is near. However many workers ask, one refreshes at a time,
 * under a lease that outlives it; the others wait and read what it stored, so no refresh token is used twice. A worker
 * that dies after the vendor has answered takes the new refresh token with it: where the vendor replaces them, the next
 * refresh is refused and the connection needs to be connected again.
 */
export const makeAccessToken = (deps: AccessTokenDeps) => {
  const refresh = makeRefresh(deps);
  // The generation is part of the key, so renewed tokens are seen at once.
  const opened = makeCache<Tokens>({ ...OPENED, now: deps.now });

  const once = async (connection: ConnectionRecord): Promise<AccessToken | Again> => {
    const record = await deps.records.find(connection);
    if (record === undefined) return needsReauth;
    if (record.refused) {
      await deps.markNeedsReauth(connection);
      return needsReauth;
    }
    const nowMs = deps.now();
    const key = `${connection.tenant_id}/${connection.connection_id}/${record.generation}`;
    const current = () => opened(key, () => openTokens(connection, record, deps.open));
    if (!isPast(record.renew_at, nowMs)) return { ok: true, token: (await current()).accessToken };
    const orCurrent = async (otherwise: AccessToken | Again): Promise<AccessToken | Again> =>
      isAhead(record.expires_at, nowMs) ? { ok: true, token: (await current()).accessToken } : otherwise;
    if (isAhead(record.retry_at, nowMs)) return orCurrent(unavailable('refresh_failed'));
    if (isAhead(record.lease_until, nowMs)) return 'again';
    const tokens = await current();
    if (tokens.refreshToken === undefined && isAhead(record.expires_at, nowMs))
      return { ok: true, token: tokens.accessToken };
    const leaseId = randomId('lse');
    const lease = { id: leaseId, now: nowMs, until: nowMs + LEASE_MS };
    if (!(await deps.records.lease(connection, record, lease))) return 'again';
    const result = await refresh(connection, record, tokens, leaseId);
    return result !== 'again' && !result.ok ? orCurrent(result) : result;
  };

  return async (connection: ConnectionRecord): Promise<AccessToken> => {
    const giveUpAtMs = deps.now() + WAIT_MS_MAX;
    for (;;) {
      const result = await once(connection);
      if (result !== 'again') return result;
      if (deps.now() >= giveUpAtMs) return unavailable('refresh_under_way');
      await deps.wait(POLL_MS);
    }
  };
};
