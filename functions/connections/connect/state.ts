import { createHash, randomBytes } from 'node:crypto';

const RANDOM_BYTES = 32;
const STATE = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\.[\w-]{43}$/;

/**
 * A new state: the tenant, so that the callback knows whose key to look under, and 256 random bits. The tenant is no
 * secret, and with another one in its place the state is a state that was never given out.
 */
export const newState = (tenantId: string, random: (bytes: number) => Uint8Array = randomBytes): string =>
  `${tenantId.replaceAll('-', '')}.${Buffer.from(random(RANDOM_BYTES)).toString('base64url')}`;

/** The tenant that a state names; undefined for a text that is no state. */
export const tenantOf = (state: string): string | undefined => STATE.exec(state)?.slice(1).join('-');

/** What is stored in the place of a state. */
export const hashOf = (state: string): string => createHash('sha256').update(state).digest('hex');
