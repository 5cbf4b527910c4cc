const REDACTED = '[secret]';

/**
 * A text that cannot be printed: string conversion, JSON and inspection all show a placeholder. Only `reveal` gives
 * the value, at the place where it is used.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
