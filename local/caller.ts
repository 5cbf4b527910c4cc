import type { IncomingMessage } from 'node:http';

/** Who a request says it comes from. Nothing here is proof: no signature is verified. */
export interface Caller {
  /** The name in the path of the endpoint; empty when it names nobody. */
  readonly name: string;
  /** What the request says it is signed with; both are empty when it is not. */
  readonly accessKeyId: string;
  readonly sessionToken: string;
}

const NAME = /^\/as\/([^/?]+)/;
const CREDENTIAL = /\bCredential=([^/,\s]+)\//;

/** Who calls, from the path of an endpoint that ends in `/as/<name>`; empty when the endpoint names nobody. */
const nameIn = (path: string | undefined): string => {
  const name = NAME.exec(path ?? '')?.[1] ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
};

/** Who calls an endpoint that may end in `/as/<name>`, and with which credentials (Signature Version 4). */
export const callerOf = ({ url, headers }: IncomingMessage): Caller => ({
  name: nameIn(url),
  accessKeyId: CREDENTIAL.exec(headers.authorization ?? '')?.[1] ?? '',
  sessionToken: String(headers['x-amz-security-token'] ?? ''),
});
