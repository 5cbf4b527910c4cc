import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { isLoopbackAddress, isPublicAddress } from './address.ts';
import type { DestinationPolicy } from './destination.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Every address of a host name; rejects when there is none. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

type LookupRefusal = 'dns_failed' | 'private_address';

/** What the socket, and so the request, fails with when a name may not be dialled. */
export class LookupError extends Error {
  readonly code: LookupRefusal;
  constructor(code: LookupRefusal) {
    super(code);
    this.name = 'LookupError';
    this.code = code;
  }
}

/** The machine's own resolver (getaddrinfo). */
export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true });

const answerOf = async (hostname: string, resolve: Resolve): Promise<readonly ResolvedAddress[]> => {
  try {
    return await resolve(hostname);
  } catch {
    return [];
  }
};

const resolveChecked = async (
  hostname: string,
  policy: DestinationPolicy,
  resolve: Resolve,
): Promise<[ResolvedAddress, ...ResolvedAddress[]]> => {
  const answer = await answerOf(hostname, resolve);
  // The family is read from the address itself, so that a resolver's word about it is not needed.
  const [first, ...others] = answer.map(({ address }) => ({ address, family: isIP(address) }));
  if (first === undefined) throw new LookupError('dns_failed');
  const addresses: [ResolvedAddress, ...ResolvedAddress[]] = [first, ...others];
  // One private address condemns the host: a rebinding name mixes public and private ones.
  const allowed = ({ address }: ResolvedAddress) =>
    isPublicAddress(address) || (policy.allowLoopback && isLoopbackAddress(address));
  if (!addresses.every(allowed)) throw new LookupError('private_address');
  return addresses;
};

/**
 * A `lookup` for sockets that resolves a name once and hands over exactly the addresses that were checked, so that no second
 * answer can be dialled. It fails with a `LookupError`. Sockets do not call it for a host that is an IP literal.
 */
export const makeCheckedLookup =
  (policy: DestinationPolicy, resolve: Resolve): LookupFunction =>
  (hostname, options, callback) => {
    resolveChecked(hostname, policy, resolve).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, []),
    );
  };
