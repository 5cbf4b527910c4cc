/**
 * Why a service turns a call away before it looks at what is asked. The codes are those of AWS without the word
 * `Exception`, which some services append.
 */
export interface Refusal {
  readonly code: 'AccessDenied' | 'ExpiredToken' | 'UnrecognizedClient';
  readonly message: string;
}
