/** Where users are asked, and where codes and refresh tokens become access tokens. */
export interface OAuthServer {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What tells one of a vendor's servers from another. */
export interface ServerHints {
  readonly config: Fields;
  /** What the vendor sent the user back with; absent before that. */
  readonly callback?: Readonly<Record<string, string | undefined>>;
}

/** A grant that has just been made, with the means to ask whose it is. */
export interface Granted {
  /** The token endpoint's answer. It holds the tokens. */
  readonly answer: Fields;
  readonly config: Fields;
  /** Asks the vendor with the new access token: the JSON of a 2xx answer, undefined for any other. */
  readonly get: (url: string) => Promise<unknown>;
  /** Whether a URL that the vendor gave is https below one of these domains, or where the vendor is configured to be. */
  readonly isVendors: (url: string, domains: readonly string[]) => boolean;
}

export interface VendorAccount {
  readonly id?: string;
  /** What later calls go to. */
  readonly baseUrl: string;
}

/** `unclear`: the grant covers several accounts and nothing says which. `unavailable`: the vendor did not tell. */
export type FoundAccount = VendorAccount | 'unclear' | 'unavailable';

/** A call that changes nothing and tells whether the vendor takes an access token, and whose it is. */
export interface Whoami {
  readonly method: 'GET' | 'POST';
  /** Below the account's base URL where it begins with a slash. */
  readonly url: string;
  /** What stands before the token in the `Authorization` header. @default Bearer */
  readonly scheme?: string;
  /** All accounts that the answer says the token is for; absent where it names none. */
  readonly accounts?: (answer: unknown) => readonly (string | undefined)[];
  /** The scopes of the token; absent where the answer does not list all of them. */
  readonly scopes?: (answer: unknown) => readonly string[] | undefined;
  /** Codes of a refusal that comes with another status than 401 and 403. */
  readonly refusals?: readonly string[];
  /** Codes of a refusal of this very call, which the vendor gives to tokens that are good otherwise. */
  readonly tokenIsGood?: readonly string[];
}

/** The vendor's call that ends a grant, or as much of it as the vendor has a call for. */
export interface Revocation {
  readonly method: 'POST' | 'DELETE';
  /** `{client_id}` stands for our app's id; a path is at the server that gave the tokens. */
  readonly url: string;
  /** Which token says what is to end. A grant without a refresh token is ended by its access token. */
  readonly token: 'access' | 'refresh';
  /** Where the token stands: in a field of the body, in the query, or in the `Authorization` header. */
  readonly sent: 'form' | 'json' | 'query' | 'bearer';
  /** The field's name. */
  readonly field: string;
  /** How our app proves itself there, if at all. */
  readonly client: 'basic' | 'form' | 'none';
}

/** All that differs between vendors in OAuth 2 with authorization codes (RFC 6749 §4.1). */
export interface OAuth {
  readonly server: OAuthServer;
  /** Picks another server; undefined when the hints name one that is not the vendor's. */
  readonly serverFor?: (hints: ServerHints) => OAuthServer | undefined;
  /** How the client proves itself at the token URL: HTTP Basic, fields of a form, or fields of a JSON body. */
  readonly clientAuth: 'basic' | 'body' | 'json';
  /** Whether the vendor takes PKCE (RFC 7636, S256) from a client that has a secret. */
  readonly pkce: boolean;
  readonly scopes: {
    /** Without these the connection would not work; they are asked for whatever the caller names. */
    readonly always: readonly string[];
    readonly default: readonly string[];
    /** Absent where scopes are set at the vendor and are no parameter. */
    readonly separator?: ' ' | ',';
  };
  readonly authorizeParameters?: Readonly<Record<string, string>>;
  /** How long an access token lives when the vendor's answer does not say; absent when it then lives for ever. */
  readonly accessTokenSeconds?: number;
  /** Error codes of the token URL beyond those of RFC 6749 §5.2. */
  readonly errorCodes?: { readonly grant?: readonly string[]; readonly client?: readonly string[] };
  readonly account: (granted: Granted) => FoundAccount | Promise<FoundAccount>;
  readonly whoami: Whoami;
  /** Absent where the vendor has no call for it. */
  readonly revocation?: Revocation;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text or whole number at a path in some JSON, as a text. */
export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = path.reduce<unknown>(
    (at, name) => (isFields(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    value,
  );
  if (typeof found === 'string' && found !== '') return found;
  return Number.isSafeInteger(found) ? String(found) : undefined;
};
