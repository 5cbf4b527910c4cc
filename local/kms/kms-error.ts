/** An error that the caller of KMS must see. Without a text the reply carries only the type, as AWS does for ciphertexts. */
export class KmsError extends Error {
  readonly type: string;
  readonly text: string | undefined;

  constructor(type: string, text?: string) {
    super(text ?? type);
    this.type = type;
    this.text = text;
  }
}

/** The error for a request member that breaks a constraint, worded as AWS words it. */
export const invalidMember = (value: string, member: string, constraint: string): KmsError =>
  new KmsError(
    'ValidationException',
    `1 validation error detected: Value ${value} at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );
