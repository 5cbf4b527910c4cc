import type { Connector } from '../../connectors/define.ts';
import type { Fields, FoundAccount, OAuth } from '../../connectors/oauth.ts';
import type { HttpClient } from '../../platform/egress/request.ts';
import { jsonOf, readTokenAnswer, type TokenAnswer, type TokenGrant } from './token-answer.ts';
import { ANSWER_BYTES_MAX, type OAuthClient, TIMEOUTS, tokenRequest, USER_AGENT } from './token-request.ts';
import { isVendors, type VendorUrls, vendorUrl } from './vendor-urls.ts';

/** A connector that is connected through OAuth. */
export type OAuthConnector = Connector & { readonly oauth: OAuth };

export const isOAuth = (connector: Connector | undefined): connector is OAuthConnector =>
  connector?.oauth !== undefined;

export interface VendorDeps {
  readonly http: HttpClient;
  readonly urls: VendorUrls;
}

export interface Exchange {
  readonly tokenUrl: string;
  readonly code: string;
  readonly redirectUri: string;
  readonly verifier?: string;
}

/** The calls of OAuth, each through the guarded HTTP client. What went wrong is a value. */
export const makeVendor = ({ http, urls }: VendorDeps) => {
  const askToken = async (
    { type, oauth }: OAuthConnector,
    tokenUrl: string,
    client: OAuthClient,
    fields: Readonly<Record<string, string>>,
  ): Promise<TokenAnswer> => {
    const request = tokenRequest(oauth, vendorUrl(urls, type, tokenUrl), client, fields);
    return readTokenAnswer(oauth, await http.send(request));
  };

  const getWith =
    (type: string, { accessToken }: TokenGrant) =>
    async (url: string): Promise<unknown> => {
      const result = await http.send({
        method: 'GET',
        url: vendorUrl(urls, type, url),
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${accessToken.reveal()}`,
          'user-agent': USER_AGENT,
        },
        timeouts: TIMEOUTS,
        responseBytesMax: ANSWER_BYTES_MAX,
      });
      const ok = result.outcome === 'response' && result.status >= 200 && result.status < 300;
      return ok ? jsonOf(result.body, result.truncated) : undefined;
    };

  return {
    /** Makes tokens of an authorization code. */
    exchange(connector: OAuthConnector, client: OAuthClient, given: Exchange): Promise<TokenAnswer> {
      return askToken(connector, given.tokenUrl, client, {
        grant_type: 'authorization_code',
        code: given.code,
        redirect_uri: given.redirectUri,
        ...(given.verifier === undefined ? {} : { code_verifier: given.verifier }),
      });
    },

    refresh(
      connector: OAuthConnector,
      client: OAuthClient,
      given: { readonly tokenUrl: string; readonly refreshToken: string },
    ): Promise<TokenAnswer> {
      const fields = { grant_type: 'refresh_token', refresh_token: given.refreshToken };
      return askToken(connector, given.tokenUrl, client, fields);
    },

    /** Whose grant it is. */
    async account({ type, oauth }: OAuthConnector, grant: TokenGrant, config: Fields): Promise<FoundAccount> {
      return oauth.account({
        answer: grant.answer,
        config,
        get: getWith(type, grant),
        isVendors: (url, domains) => isVendors(urls, type, url, domains),
      });
    },
  };
};

export type Vendor = ReturnType<typeof makeVendor>;
