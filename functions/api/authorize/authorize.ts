import type { AuthorizerVerdict } from '../../platform/http/caller.ts';

export interface AuthorizeDeps {
  /** The id of the operator token, or undefined for any other text. */
  readonly operators: (token: string) => string | undefined;
  /** Who a text in the form of a JWT stands for. */
  readonly users: (token: string) => Promise<AuthorizerVerdict>;
}

// API Gateway takes 10,240 bytes of request line and headers in all.
const BEARER = /^Bearer ([\x21-\x7e]{1,8192})$/i;
/** A signed JWT in compact form (RFC 7515, section 7.1). */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const NOBODY: AuthorizerVerdict = { caller: 'unknown', code: 'auth.token_invalid' };

/** Who calls, from an `Authorization` header. Rejects when that cannot be known at the moment. */
export const makeAuthorize =
  ({ operators, users }: AuthorizeDeps) =>
  async (authorization: string | undefined): Promise<AuthorizerVerdict> => {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) return NOBODY;
    const subject = operators(token);
    if (subject !== undefined) return { caller: 'operator', subject };
    return JWT.test(token) ? users(token) : NOBODY;
  };
