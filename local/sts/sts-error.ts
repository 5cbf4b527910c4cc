/** A refusal that STS itself would send. */
export class StsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/** The error for a request member that breaks a constraint, worded as AWS words it; its value is left out. */
export const invalidMember = (member: string, constraint: string): StsError =>
  new StsError(
    'ValidationError',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );
