import * as fc from 'fast-check';

/** An IPv4 address as one number, and in the dotted text that people write. */
export const dotted = (value: number): string =>
  [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');

export const numberOf = (ip: string): number =>
  ip.split('.').reduce((value, part) => value * 256 + Number(part), 0);

/** Any address, as a number, of an IPv4 block such as `10.0.0.0/8`. */
const within = (block: string): fc.Arbitrary<number> => {
  const [network = '', prefix] = block.split('/');
  const first = numberOf(network);
  return fc.integer({ min: first, max: first + 2 ** (32 - Number(prefix)) - 1 });
};

/** The blocks that must never be dialled, written down here once more, apart from the code under test. */
export const SPECIAL_BLOCKS = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

export const specialIpv4 = fc.constantFrom(...SPECIAL_BLOCKS).chain(within);

const isSpecial = (value: number): boolean =>
  SPECIAL_BLOCKS.some((block) => {
    const [network = '', prefix] = block.split('/');
    const size = 2 ** (32 - Number(prefix));
    return Math.floor(value / size) === Math.floor(numberOf(network) / size);
  });

export const publicIpv4 = fc.integer({ min: 0, max: 2 ** 32 - 1 }).filter((value) => !isSpecial(value));

const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));

/** Any IPv6 address, in full groups, whose first 16 bits lie between the two given. */
export const ipv6Between = (first: number, last: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: first, max: last }), fc.array(group, { minLength: 7, maxLength: 7 }))
    .map(([head, rest]) => [head.toString(16), ...rest].join(':'));

const hexPair = (value: number): string => `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;

/** The ways in which an IPv6 address can carry an IPv4 address to a gateway, or to this machine's own stack. */
export const embeddings: Record<string, (value: number) => string> = {
  mapped: (value) => `::ffff:${hexPair(value)}`,
  'mapped, dotted': (value) => `::ffff:${dotted(value)}`,
  compatible: (value) => `::${hexPair(value)}`,
  translated: (value) => `::ffff:0:${hexPair(value)}`,
  NAT64: (value) => `64:ff9b::${hexPair(value)}`,
  'local-use NAT64': (value) => `64:ff9b:1::${hexPair(value)}`,
  '6to4': (value) => `2002:${hexPair(value)}::1`,
  'Teredo server': (value) => `2001:0:${hexPair(value)}::1`,
  // RFC 4380 writes the client's address with every bit flipped.
  'Teredo client': (value) => `2001:0:4136:e378:8000:63bf:${hexPair(~value >>> 0)}`,
};
