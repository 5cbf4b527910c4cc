import { randomBytes } from 'node:crypto';
import type { Caller } from '../caller.ts';
import type { Clock } from '../clock.ts';
import type { Principal, RoleSession } from '../iam/principal.ts';
import type { Refusal } from '../refusal.ts';

/** A session with its temporary credentials. */
export interface Session extends RoleSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** Who somebody is, or why the credentials are worth nothing; neither for a caller who shows and names nothing. */
export interface Identity {
  readonly principal?: Principal;
  readonly refusal?: Refusal;
}

export interface Sessions {
  readonly begin: (session: RoleSession, durationMs: number) => Session;
  /** Temporary credentials count before the endpoint's name, and no others than those made here are good. */
  readonly identify: (caller: Caller) => Identity;
}

const TEMPORARY = 'ASIA';
const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
// Whoever comes with credentials that ended long ago is not told so, as they are not kept for ever.
const KEPT_AFTER_END_MS = 3_600_000;

const newAccessKeyId = (): string =>
  TEMPORARY + Array.from(randomBytes(16), (byte) => BASE_32[byte % BASE_32.length]).join('');

/** Makes and knows temporary credentials, which end with the clock's time and with this process. */
export const makeSessions = (clock: Clock): Sessions => {
  const sessions = new Map<string, Session>();

  const forgetEnded = (): void => {
    for (const [id, { expiresAtMs }] of sessions) {
      if (expiresAtMs + KEPT_AFTER_END_MS > clock.now()) return;
      sessions.delete(id);
    }
  };

  return {
    begin(session, durationMs) {
      forgetEnded();
      const begun = {
        ...session,
        accessKeyId: newAccessKeyId(),
        secretAccessKey: randomBytes(30).toString('base64'),
        sessionToken: randomBytes(96).toString('base64'),
        expiresAtMs: clock.now() + durationMs,
      };
      sessions.set(begun.accessKeyId, begun);
      return begun;
    },
    identify({ name, accessKeyId, sessionToken }) {
      if (!accessKeyId.startsWith(TEMPORARY)) return name === '' ? {} : { principal: name };
      const session = sessions.get(accessKeyId);
      if (session?.sessionToken !== sessionToken) {
        const message = 'The security token included in the request is invalid.';
        return { refusal: { code: 'UnrecognizedClient', message } };
      }
      if (clock.now() < session.expiresAtMs) return { principal: session };
      const message = 'The security token included in the request is expired';
      return { refusal: { code: 'ExpiredToken', message } };
    },
  };
};
