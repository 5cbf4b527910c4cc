import type { HttpFailureCode } from './http-result.ts';
import { LookupError } from './lookup.ts';

/** How far a request came on its socket. Each stage is entered before the next can fail. */
export type Stage = 'connecting' | 'securing' | 'connected';

/** Thrown within an exchange to end it for a reason of our own (a timeout, an abort). */
export class Stopped extends Error {
  readonly code: HttpFailureCode;
  constructor(code: HttpFailureCode) {
    super(code);
    this.name = 'Stopped';
    this.code = code;
  }
}

const nodeCodeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** The code for what broke an exchange. Only node's own error codes are read, never a message, which the peer may shape. */
export const failureCodeOf = (error: unknown, stage: Stage): HttpFailureCode => {
  if (error instanceof Stopped || error instanceof LookupError) return error.code;
  if (stage === 'connecting') return 'connect_failed';
  if (stage === 'securing') return 'tls_failed';
  const nodeCode = nodeCodeOf(error);
  if (nodeCode.startsWith('HPE_')) return 'invalid_response';
  // With TLS 1.3 the peer's refusal (of our missing client certificate, say) comes after the handshake.
  return nodeCode.startsWith('ERR_SSL_') ? 'tls_failed' : 'reset';
};
