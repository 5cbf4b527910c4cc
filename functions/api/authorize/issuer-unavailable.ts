const NAME = 'IssuerUnavailable';

/** That the issuer's keys cannot be had at the moment, so that nothing can be said of a token. `reason` is a fixed word. */
export const issuerUnavailable = (reason: string): Error =>
  Object.assign(new Error(`The issuer's keys cannot be read: ${reason}`), { name: NAME });

export const isIssuerUnavailable = (error: unknown): boolean => error instanceof Error && error.name === NAME;
