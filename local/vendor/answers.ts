import { once } from 'node:events';
import { type IncomingMessage, request as requestOf } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AuthorizationServer } from './authorization-server.ts';
import type { Answer, VendorClient, VendorProfile } from './profile.ts';

/** A vendor that has been started. */
export interface Vendor {
  readonly name: string;
  readonly profile: VendorProfile;
  readonly server: AuthorizationServer;
}

/** An answer as it goes over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Fields = Readonly<Record<string, string>>;

/** An answer in JSON, or without a body. */
export const jsonReply = ({ status, headers, json }: Answer): Reply => ({
  status,
  headers: { ...headers, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
  body: Buffer.from(json === undefined ? '' : JSON.stringify(json)),
});

const REFUSED: Answer = { status: 401, json: {} };

const isJson = ({ headers }: IncomingMessage) => headers['content-type'] === 'application/json';

/** The fields of a body, form or JSON. */
export const fieldsOf = (incoming: IncomingMessage, body: Buffer): Record<string, string> =>
  isJson(incoming) && body.length > 0
    ? JSON.parse(body.toString())
    : Object.fromEntries(new URLSearchParams(body.toString()));

/** Passes a request on to the OAuth server. */
export const passOn = async (
  port: number,
  incoming: IncomingMessage,
  path: string,
  body: Buffer,
): Promise<Reply> => {
  const { host: _host, 'content-length': _length, ...headers } = incoming.headers;
  const outgoing = requestOf({
    port,
    host: '127.0.0.1',
    method: incoming.method,
    path,
    headers: { ...headers, ...(body.length > 0 ? { 'content-length': body.length } : {}) },
  });
  outgoing.end(body);
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (!answer) throw new Error('The OAuth server did not answer');
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) };
};

/** Gives tokens for codes and refresh tokens. A vendor that takes nothing but JSON refuses anything else. */
export const token = async (
  { profile, server }: Vendor,
  incoming: IncomingMessage,
  fields: Fields,
  onToken: ((token: string) => void) | undefined,
): Promise<Reply> => {
  if (isJson(incoming) !== (profile.clientAuth === 'json')) return jsonReply({ status: 415, json: {} });
  incoming.headers['content-type'] = 'application/x-www-form-urlencoded';
  const form = Buffer.from(new URLSearchParams(fields).toString());
  const { status, body } = await passOn(server.port, incoming, profile.tokenPath, form);
  const json = { ...JSON.parse(body.toString()), ...(status === 200 ? profile.grant : {}) };
  for (const given of [json.access_token, json.refresh_token, json.id_token]) if (given) onToken?.(given);
  return jsonReply({ status, json });
};

const bearerOf = ({ profile: { scheme = 'Bearer' } }: Vendor, { headers }: IncomingMessage): string => {
  const [name, value = ''] = (headers.authorization ?? '').split(' ');
  return name === scheme ? value : '';
};

/** What the bearer of an access token is told. */
export const resource = async (vendor: Vendor, incoming: IncomingMessage, path: string): Promise<Answer> => {
  const info = await vendor.server.infoOf(bearerOf(vendor, incoming));
  const found = vendor.profile.resources?.[path];
  if (!info || found === undefined) return vendor.profile.refusal ?? REFUSED;
  return { status: 200, json: typeof found === 'function' ? found(info) : found };
};

const formDecoded = (text: string) => new URLSearchParams(`v=${text}`).get('v');

/** Whether a call comes from our app. HTTP Basic has both parts form-encoded (RFC 6749 §2.3.1). */
const proves = (
  how: 'basic' | 'form' | 'none',
  { id, secret }: VendorClient,
  { headers }: IncomingMessage,
  fields: Fields,
): boolean => {
  if (how === 'form') return fields['client_id'] === id && fields['client_secret'] === secret;
  const pair = Buffer.from(headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
  const [givenId, givenSecret] = pair.split(':').map(formDecoded);
  return how === 'none' || (givenId === id && givenSecret === secret);
};

/** Ends a grant, for whoever proves to be our app where the vendor asks for that. */
export const revocation = async (
  vendor: Vendor,
  client: VendorClient,
  incoming: IncomingMessage,
  fields: Fields,
): Promise<Answer> => {
  const { revocation: how } = vendor.profile;
  if (!how || !proves(how.client, client, incoming, fields)) return REFUSED;
  const query = new URL(incoming.url ?? '', 'http://vendor').searchParams;
  const named =
    how.field === undefined ? bearerOf(vendor, incoming) : (fields[how.field] ?? query.get(how.field));
  if (!named) return { status: 400, json: {} };
  await vendor.server.revoke(named);
  return how.answer;
};
