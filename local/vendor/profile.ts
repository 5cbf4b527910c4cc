/** Whose an access token is, as resources are told. */
export interface TokenInfo {
  readonly sub: string;
  readonly scope: string;
}

type Json = Readonly<Record<string, unknown>> | readonly unknown[];

/** How one vendor differs from others. Everything is the vendor's side of it: none of it is taken from our connectors. */
export interface VendorProfile {
  readonly authorizePath: string;
  readonly tokenPath: string;
  readonly clientAuth: 'basic' | 'body' | 'json';
  /** Whether it asks for PKCE. */
  readonly pkce: boolean;
  readonly scopes: readonly string[];
  /** Fields of the token answer beyond those of OAuth. */
  readonly grant?: Readonly<Record<string, unknown>>;
  /** What the bearer of an access token is told, by path. */
  readonly resources?: Readonly<Record<string, Json | ((token: TokenInfo) => Json)>>;
  /** What stands before an access token. @default Bearer */
  readonly scheme?: string;
  /** How it says that an access token is none, @default 401 and an empty object */
  readonly refusal?: Answer;
  readonly revocation?: {
    readonly method: 'POST' | 'DELETE';
    readonly path: string;
    /** The field of query or body that names the token; that of the `Authorization` header without. */
    readonly field?: string;
    readonly client: 'basic' | 'form' | 'none';
    readonly answer: Answer;
  };
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: Json;
}

/** Our app, as it is known at every vendor here. */
export interface VendorClient {
  readonly id: string;
  readonly secret: string;
}
