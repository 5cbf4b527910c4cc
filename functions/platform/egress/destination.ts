import { isIP } from 'node:net';
import { isLoopbackAddress, isPublicAddress } from './address.ts';
import { BAD_PORTS } from './bad-ports.ts';

/** `allowLoopback` is the explicit allow for local development: this machine, by plain http too, and nothing else. */
export interface DestinationPolicy {
  readonly allowLoopback: boolean;
}

export type DestinationRefusal =
  | 'url.invalid'
  | 'url.too_long'
  | 'url.scheme'
  | 'url.credentials'
  | 'url.port'
  | 'url.private_address';

/** `detail` is a fixed sentence: it never repeats any part of the URL, which may hold a secret. */
export type DestinationCheck =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly reason: DestinationRefusal; readonly detail: string };

const URL_LENGTH_MAX = 2048;

// RFC 6761 (localhost), RFC 6762 (local), RFC 8375 (home.arpa), and ICANN's reservation of internal.
const PRIVATE_DOMAINS = ['localhost', 'local', 'internal', 'home.arpa'];

const DETAILS: Record<DestinationRefusal, string> = {
  'url.invalid': 'The URL is not an absolute URL with a host.',
  'url.too_long': `The URL is longer than ${URL_LENGTH_MAX} characters.`,
  'url.scheme': 'The URL must begin with https://.',
  'url.credentials': 'The URL must not hold a user name or password.',
  'url.port': 'The port belongs to another protocol than HTTP.',
  'url.private_address': 'The host is not a public address or public domain name.',
};

const refuse = (reason: DestinationRefusal): DestinationCheck => ({
  ok: false,
  reason,
  detail: DETAILS[reason],
});

const isPrivateName = (host: string): boolean =>
  // A name of one label is looked up in the machine's own search domains.
  !host.includes('.') || PRIVATE_DOMAINS.some((domain) => host.endsWith(`.${domain}`) || host === domain);

const literalOf = (host: string): string => (host.startsWith('[') ? host.slice(1, -1) : host);

const isPrivateHost = (host: string): boolean => {
  const literal = literalOf(host);
  return isIP(literal) === 0 ? isPrivateName(host) : !isPublicAddress(literal);
};

const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || isLoopbackAddress(literalOf(host));

/**
 * Checks a URL that a tenant gave, before it is saved and again before each request. The answer's `url` is normalised (WHATWG),
 * without fragment, which is never sent, and without the dot that ends an absolute host name.
 * A name is judged by its text alone; what it resolves to is checked when it is dialled.
 */
export const checkDestination = (text: string, policy: DestinationPolicy): DestinationCheck => {
  if (text.length > URL_LENGTH_MAX) return refuse('url.too_long');
  // The URL parser repairs these silently; a reader of the saved text would see another host than we dial.
  if (/[\s\\\p{Cc}]/u.test(text) || !URL.canParse(text)) return refuse('url.invalid');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse('url.scheme');
  if (url.username !== '' || url.password !== '') return refuse('url.credentials');

  const host = url.hostname.replace(/\.$/, '');
  if (host.split('.').includes('')) return refuse('url.invalid');
  url.hostname = host;
  url.hash = '';
  if (url.href.length > URL_LENGTH_MAX) return refuse('url.too_long');
  if (url.port !== '' && BAD_PORTS.has(Number(url.port))) return refuse('url.port');
  if (policy.allowLoopback && isLoopbackHost(host)) return { ok: true, url };
  if (isPrivateHost(host)) return refuse('url.private_address');
  if (url.protocol !== 'https:') return refuse('url.scheme');
  return { ok: true, url };
};
