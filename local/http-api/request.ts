import type { IncomingMessage } from 'node:http';

/** A request as it came over the wire, before any route is known. */
export interface HttpRequest {
  readonly method: string;
  /** Still percent-encoded, without the query string. */
  readonly path: string;
  readonly queryString: string;
  readonly protocol: string;
  readonly sourceIp: string;
  /** Lower-case names; repeated headers joined with a comma; no cookies. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade']);

const headerPairs = ({ rawHeaders }: IncomingMessage): [string, string][] =>
  rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
  );

/** The bytes of the request line and all headers, as the gateway's size limit counts them. */
export const headBytes = (message: IncomingMessage): number => {
  const line = `${message.method} ${message.url} HTTP/${message.httpVersion}\r\n`.length;
  return headerPairs(message).reduce((sum, [name, value]) => sum + name.length + value.length + 4, line);
};

/** A record of the pairs, in which a repeated name has its values joined with commas. */
export const joinRepeated = (pairs: Iterable<readonly [string, string]>): Record<string, string> => {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
};

const readHeaders = (message: IncomingMessage, sourceIp: string, body: Buffer) => {
  const pairs = headerPairs(message).map(([name, value]) => [name.toLowerCase(), value] as const);
  const cookies = pairs.filter(([name]) => name === 'cookie').flatMap(([, value]) => value.split(/;\s*/));
  const headers = joinRepeated(pairs.filter(([name]) => name !== 'cookie' && !HOP_BY_HOP.has(name)));
  const forwardedFor = headers['x-forwarded-for'];
  return {
    cookies: cookies.filter((cookie) => cookie !== ''),
    headers: {
      ...headers,
      'content-length': String(body.length),
      'x-forwarded-for': forwardedFor === undefined ? sourceIp : `${forwardedFor}, ${sourceIp}`,
      // The deployed gateway only speaks TLS, so no function may come to depend on anything else.
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
  };
};

/** Puts a received message and its complete body into the form that events are made from. */
export const readRequest = (message: IncomingMessage, body: Buffer): HttpRequest => {
  const [, path = '', queryString = ''] = /^([^?]*)\??(.*)$/s.exec(message.url ?? '') ?? [];
  const sourceIp = message.socket.remoteAddress ?? '127.0.0.1';
  return {
    method: message.method ?? 'GET',
    path,
    queryString,
    protocol: `HTTP/${message.httpVersion}`,
    sourceIp,
    ...readHeaders(message, sourceIp, body),
    body,
  };
};
