import * as z from 'zod';
import type { HttpClient } from '../../platform/egress/request.ts';
import { issuerUnavailable } from './issuer-unavailable.ts';

/** A JSON Web Key Set (RFC 7517), whose keys the verifier reads. */
export const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });
export type KeySet = z.infer<typeof KeySet>;

const Configuration = z.object({ issuer: z.string(), jwks_uri: z.string() });

// API Gateway's own JWT authorizer gives a key endpoint 1.5 s as well.
const TIMEOUTS = { connectMs: 1500, headersMs: 1500, totalMs: 1500 };
const DOCUMENT_BYTES_MAX = 128 * 1024;

const read = async <T extends z.ZodType>(http: HttpClient, url: string, schema: T): Promise<z.infer<T>> => {
  const result = await http.send({
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
    timeouts: TIMEOUTS,
    responseBytesMax: DOCUMENT_BYTES_MAX,
  });
  if (result.outcome === 'failed') throw issuerUnavailable(result.code);
  if (result.status !== 200) throw issuerUnavailable(`status_${result.status}`);
  try {
    return schema.parse(JSON.parse(Buffer.from(result.body).toString('utf8')));
  } catch {
    throw issuerUnavailable('not_a_document');
  }
};

/**
 * Reads the keys of an OpenID Connect issuer by its discovery document (OpenID Connect Discovery 1.0, section 4).
 * Rejects with `issuerUnavailable`; each of the two requests may take 1.5 seconds.
 */
export const makeFetchKeys = (http: HttpClient, issuer: string) => async (): Promise<KeySet> => {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const configuration = await read(http, url, Configuration);
  if (configuration.issuer !== issuer) throw issuerUnavailable('another_issuer');
  return read(http, configuration.jwks_uri, KeySet);
};
