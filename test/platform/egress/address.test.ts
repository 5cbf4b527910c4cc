import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../functions/platform/egress/address.ts';
import {
  dotted,
  embeddings,
  ipv6Between,
  numberOf,
  publicIpv4,
  SPECIAL_BLOCKS,
  specialIpv4,
} from './ranges.ts';

describe('isPublicAddress over IPv4', () => {
  it('refuses any address of any special-purpose block', () => {
    fc.assert(
      fc.property(specialIpv4, (value) => !isPublicAddress(dotted(value))),
      { numRuns: 500 },
    );
  });

  it('accepts any address outside of them', () => {
    fc.assert(
      fc.property(publicIpv4, (value) => isPublicAddress(dotted(value))),
      { numRuns: 500 },
    );
  });

  it.each(SPECIAL_BLOCKS)('draws the edges of %s exactly', (block) => {
    const [network = '', prefix] = block.split('/');
    const first = numberOf(network);
    const last = first + 2 ** (32 - Number(prefix)) - 1;
    expect([first, last].map((value) => isPublicAddress(dotted(value)))).toEqual([false, false]);
    // 224/4 and 240/4 lie side by side, and nothing precedes 0/8 or follows 240/4.
    const before = ['0.0.0.0/8', '240.0.0.0/4'].includes(block) ? [] : [first - 1];
    const after = ['224.0.0.0/4', '240.0.0.0/4'].includes(block) ? [] : [last + 1];
    expect([...before, ...after].every((value) => isPublicAddress(dotted(value)))).toBe(true);
  });

  it.each(['169.254.169.254', '168.63.129.16', '100.100.100.200', '255.255.255.255'])('refuses %s', (ip) => {
    expect(isPublicAddress(ip)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '168.63.129.17', '192.31.196.1', '52.94.76.1'])('accepts %s', (ip) => {
    expect(isPublicAddress(ip)).toBe(true);
  });
});

describe('isPublicAddress over IPv6', () => {
  it('refuses any address outside of 2000::/3', () => {
    const outside = fc.oneof(ipv6Between(0, 0x1fff), ipv6Between(0x4000, 0xffff));
    fc.assert(
      fc.property(outside, (ip) => !isPublicAddress(ip)),
      { numRuns: 500 },
    );
  });

  it('accepts any address of 2000::/3 outside of its special-purpose blocks', () => {
    const unicast = fc.oneof(ipv6Between(0x2003, 0x3ffe), ipv6Between(0x2000, 0x2000));
    fc.assert(
      fc.property(unicast, (ip) => isPublicAddress(ip)),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(embeddings))('refuses any special IPv4 address as %s', (_name, embed) => {
    fc.assert(fc.property(specialIpv4, (value) => !isPublicAddress(embed(value))));
  });

  it.each(Object.entries(embeddings))('refuses even a public IPv4 address as %s', (_name, embed) => {
    fc.assert(fc.property(publicIpv4, (value) => !isPublicAddress(embed(value))));
  });

  it.each([
    '::',
    '::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '100::1',
    '5f00::1',
    '2001::1',
    '2001:20::1',
    '2001:1ff:ffff::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '3fff:fff::1',
  ])('refuses %s', (ip) => {
    expect(isPublicAddress(ip)).toBe(false);
  });

  it.each([
    '2001:200::1',
    '2001:4860:4860::8888',
    '2003::1',
    '2606:4700:4700::1111',
    '2a00:1450::1',
    '3fff:1000::1',
  ])('accepts %s', (ip) => {
    expect(isPublicAddress(ip)).toBe(true);
  });
});

describe('isPublicAddress over other text', () => {
  it.each([
    '',
    'example.com',
    '8.8.8',
    '010.8.8.8',
    '0x08080808',
    '134744072',
    '8.8.8.8:80',
    '[2606:4700::1]',
    ' 8.8.8.8',
  ])('refuses %j, which is no address', (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });

  it.each(['fe80::1%eth0', '2606:4700:4700::1111%eth0', '2606:4700:4700::1111%1'])(
    'refuses the zone id of %s',
    (ip) => {
      expect(isPublicAddress(ip)).toBe(false);
    },
  );

  it('never accepts arbitrary text', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/^[\d.]+$|:/.test(text)),
        (text) => !isPublicAddress(text),
      ),
    );
  });
});
