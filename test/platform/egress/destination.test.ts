import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BAD_PORTS } from '../../../functions/platform/egress/bad-ports.ts';
import { checkDestination } from '../../../functions/platform/egress/destination.ts';
import { dotted, embeddings, publicIpv4, specialIpv4 } from './ranges.ts';

const PUBLIC_ONLY = { allowLoopback: false };
const LOCAL_DEVELOPMENT = { allowLoopback: true };

const verdict = (url: string, policy = PUBLIC_ONLY): string => {
  const checked = checkDestination(url, policy);
  return checked.ok ? 'ok' : checked.reason;
};

const bytesOf = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);

/** The ways to write an IPv4 address that the URL standard, like inet_aton, understands. */
const notations: Record<string, (value: number) => string> = {
  dotted,
  'dotted with a dot at the end': (value) => `${dotted(value)}.`,
  decimal: String,
  hexadecimal: (value) => `0x${value.toString(16)}`,
  octal: (value) => `0${value.toString(8)}`,
  'dotted hexadecimal': (value) =>
    bytesOf(value)
      .map((byte) => `0x${byte.toString(16)}`)
      .join('.'),
  'dotted octal': (value) =>
    bytesOf(value)
      .map((byte) => `0${byte.toString(8)}`)
      .join('.'),
  'two parts': (value) => `${value >>> 24}.${value & 0xffffff}`,
  'three parts': (value) => `${value >>> 24}.${(value >>> 16) & 0xff}.${value & 0xffff}`,
  'full-width digits': (value) =>
    dotted(value).replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  'percent-encoded': (value) => dotted(value).replace(/\d/g, (digit) => `%3${digit}`),
};

describe('a private address', () => {
  it.each(Object.entries(notations))('is refused whichever it is, written %s', (_name, write) => {
    fc.assert(
      fc.property(specialIpv4, (value) => verdict(`https://${write(value)}/hook`) === 'url.private_address'),
    );
  });

  it.each(Object.entries(embeddings))('is refused whichever it is, within IPv6 as %s', (_name, embed) => {
    fc.assert(
      fc.property(
        specialIpv4,
        (value) => verdict(`https://[${embed(value)}]:8443/`) === 'url.private_address',
      ),
    );
  });

  it.each(['[::1]', '[::]', '[fe80::1]', '[fd00:ec2::254]', '[ff02::1]', '[0:0:0:0:0:0:0:1]'])(
    'is refused as %s',
    (host) => {
      expect(verdict(`https://${host}/`)).toBe('url.private_address');
    },
  );

  it('is refused with a zone id', () => {
    expect(verdict('https://[fe80::1%25eth0]/')).toBe('url.invalid');
  });
});

describe('a private name', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'api.localhost',
    'loc%61lhost',
    'loc\u00adalhost',
    'ｌocalhost',
    'metadata.google.internal',
    'ip-10-0-0-1.ec2.internal.',
    'printer.local',
    'nas.home.arpa',
    'home.arpa',
    'intranet',
  ])('is refused: %s', (host) => {
    expect(verdict(`https://${host}/`)).toBe('url.private_address');
  });

  it('is not seen in a public name that only looks like one', () => {
    for (const host of [
      'localhost.example.com',
      'mylocal.example',
      'internal.example.com',
      'notlocalhost.com',
    ]) {
      expect(verdict(`https://${host}/`)).toBe('ok');
    }
  });
});

describe('a URL', () => {
  it('with any public IPv4 address is accepted', () => {
    fc.assert(fc.property(publicIpv4, (value) => verdict(`https://${dotted(value)}/`) === 'ok'));
  });

  it.each([
    ['http://example.com/', 'url.scheme'],
    ['ftp://example.com/', 'url.scheme'],
    ['file:///etc/passwd', 'url.scheme'],
    ['data:text/plain,x', 'url.scheme'],
    ['', 'url.invalid'],
    ['example.com', 'url.invalid'],
    ['https://', 'url.invalid'],
    ['https://a..example.com/', 'url.invalid'],
    ['https://example.com../', 'url.invalid'],
    ['https://1.2.3.4.5/', 'url.invalid'],
    ['https://example.com/a b', 'url.invalid'],
    [' https://example.com/', 'url.invalid'],
    ['https://exam\nple.com/', 'url.invalid'],
    ['https://example.com\\@127.0.0.1/', 'url.invalid'],
    ['https://user@example.com/', 'url.credentials'],
    ['https://user:pass@example.com/', 'url.credentials'],
    ['https://:pass@example.com/', 'url.credentials'],
    ['https://example.com:0/', 'url.port'],
    ['https://example.com:65536/', 'url.invalid'],
  ])('%j is refused as %s', (url, reason) => {
    expect(verdict(url)).toBe(reason);
  });

  it('is refused on every port of another protocol, and accepted on the usual ones', () => {
    for (const port of BAD_PORTS) expect(verdict(`https://example.com:${port}/`)).toBe('url.port');
    for (const port of [80, 443, 3000, 8080, 8443])
      expect(verdict(`https://example.com:${port}/`)).toBe('ok');
  });

  it('may be 2048 characters long, before and after it is normalised, but not more', () => {
    const ofLength = (length: number) => `https://example.com/${'a'.repeat(length - 20)}`;
    expect(verdict(ofLength(2048))).toBe('ok');
    expect(verdict(ofLength(2049))).toBe('url.too_long');
    expect(verdict(`https://example.com/${'é'.repeat(1000)}`)).toBe('url.too_long');
  });

  it('comes back normalised, without fragment and without the dot at the end of the host', () => {
    const checked = checkDestination('HTTPS://Hooks.Example.COM.:443/a/../b?q=1#part', PUBLIC_ONLY);
    expect(checked.ok && checked.url.href).toBe('https://hooks.example.com/b?q=1');
  });

  it('is accepted again in its normalised form', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ validSchemes: ['https'], withFragments: true, withQueryParameters: true }),
        (text) => {
          const checked = checkDestination(text, PUBLIC_ONLY);
          if (!checked.ok) return true;
          const again = checkDestination(checked.url.href, PUBLIC_ONLY);
          return again.ok && again.url.href === checked.url.href;
        },
      ),
    );
  });

  it('is never repeated in the detail of a refusal', () => {
    for (const url of [
      'https://canary:canary@example.com/',
      'http://canary.example/',
      'https://canary/',
      'canary',
    ]) {
      expect(JSON.stringify(checkDestination(url, PUBLIC_ONLY))).not.toContain('canary');
    }
  });
});

describe('the allow for local development', () => {
  it.each(['http://localhost:4000/', 'http://127.0.0.1:4000/', 'http://[::1]:4000/'])('permits %s', (url) => {
    expect(verdict(url, LOCAL_DEVELOPMENT)).toBe('ok');
  });

  it.each([
    ['https://10.0.0.1/', 'url.private_address'],
    ['https://169.254.169.254/latest/meta-data/', 'url.private_address'],
    ['https://[fd00:ec2::254]/', 'url.private_address'],
    ['https://[::ffff:7f00:1]/', 'url.private_address'],
    ['https://receiver/', 'url.private_address'],
    ['http://example.com/', 'url.scheme'],
  ])('does not reach beyond this machine: %s', (url, refusal) => {
    expect(verdict(url, LOCAL_DEVELOPMENT)).toBe(refusal);
  });

  it('still refuses other schemes, credentials and bad ports', () => {
    expect(verdict('ftp://localhost/', LOCAL_DEVELOPMENT)).toBe('url.scheme');
    expect(verdict('http://user:pass@localhost/', LOCAL_DEVELOPMENT)).toBe('url.credentials');
    expect(verdict('http://localhost:6000/', LOCAL_DEVELOPMENT)).toBe('url.port');
  });
});
