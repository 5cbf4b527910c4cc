import { BlockList, isIP } from 'node:net';

// IANA IPv4 Special-Purpose Address Registry (RFC 6890), the multicast and reserved blocks (RFC 5771, RFC 1112),
// and one public address that a cloud answers itself. Blocks the registry calls globally reachable are not listed.
const SPECIAL_IPV4 = [
  '0.0.0.0/8', // this network, RFC 791
  '10.0.0.0/8', // private use, RFC 1918
  '100.64.0.0/10', // shared address space (CGNAT), RFC 6598; Alibaba metadata is 100.100.100.200
  '127.0.0.0/8', // loopback, RFC 1122
  '168.63.129.16/32', // Azure's host agent and metadata
  '169.254.0.0/16', // link-local, RFC 3927; metadata is 169.254.169.254
  '172.16.0.0/12', // private use, RFC 1918
  '192.0.0.0/24', // IETF protocol assignments, RFC 6890
  '192.0.2.0/24', // TEST-NET-1, RFC 5737
  '192.88.99.0/24', // deprecated 6to4 relay anycast, RFC 7526
  '192.168.0.0/16', // private use, RFC 1918
  '198.18.0.0/15', // benchmarking, RFC 2544
  '198.51.100.0/24', // TEST-NET-2, RFC 5737
  '203.0.113.0/24', // TEST-NET-3, RFC 5737
  '224.0.0.0/4', // multicast, RFC 5771
  '240.0.0.0/4', // reserved, RFC 1112; limited broadcast, RFC 8190
];

// Only 2000::/3 is global unicast (RFC 4291 and IANA's IPv6 address space registry), so its complement goes whole: ::, ::1,
// ::ffff:0:0/96 (mapped), 64:ff9b::/96 and 64:ff9b:1::/48 (NAT64), fc00::/7, fe80::/10, ff00::/8 and what is unassigned.
const SPECIAL_IPV6 = [
  '::/3',
  '4000::/2',
  '8000::/1',
  '2001::/23', // IETF protocol assignments, RFC 2928; Teredo, RFC 4380; ORCHID, RFC 7343
  '2001:db8::/32', // documentation, RFC 3849
  '2002::/16', // 6to4, RFC 3056: carries an IPv4 address, perhaps a private one
  '3fff::/20', // documentation, RFC 9637
];

const blockListOf = (ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
};

// One list per family: node matches an IPv4-mapped IPv6 address against IPv4 rules too.
const specialIpv4 = blockListOf(SPECIAL_IPV4, 'ipv4');
const specialIpv6 = blockListOf(SPECIAL_IPV6, 'ipv6');

/**
 * Whether an IP address in text form (IPv6 without brackets) is global unicast on the public internet.
 * Anything else is refused, also what is no address, or one with a zone id.
 */
export const isPublicAddress = (ip: string): boolean => {
  if (ip.includes('%')) return false;
  const family = isIP(ip);
  if (family === 4) return !specialIpv4.check(ip, 'ipv4');
  return family === 6 && !specialIpv6.check(ip, 'ipv6');
};

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether `ip` is this machine's own: 127.0.0.0/8 or ::1 (RFC 6890 §2.2.2). */
export const isLoopbackAddress = (ip: string): boolean => {
  const family = isIP(ip);
  // A mapped address counts as its IPv4 in a BlockList; written that way it is not one that we dial.
  return (
    (family === 4 && loopback.check(ip, 'ipv4')) ||
    (family === 6 && !ip.includes('.') && loopback.check(ip, 'ipv6') && !/^::f/i.test(ip))
  );
};
