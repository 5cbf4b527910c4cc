import { type FieldError, fieldErrors } from '#contracts/errors.ts';
import type { Connector } from '../../connectors/define.ts';
import type { EncryptionContext, Sealed } from '../../platform/crypto/seal.ts';
import { encryptionContext, type SealedSecret, type SecretsOwner } from '../secrets.ts';

export interface ChosenSecrets {
  /** All secrets to be kept, by field. */
  readonly values: Readonly<Record<string, string>>;
  /** Those of them that were made here, and are shown once. */
  readonly generated: Readonly<Record<string, string>>;
}

/** The names of the secrets that a connector can make. */
export const generatable = (connector: Connector): string[] => Object.keys(connector.generate ?? {});

/** The secrets that were given and those that are to be generated; or what is wrong, which repeats no value. */
export const chooseSecrets = (
  connector: Connector,
  given: Readonly<Record<string, string>>,
  toGenerate: readonly string[],
): ChosenSecrets | { readonly errors: FieldError[] } => {
  const parsed = connector.secrets.partial().safeParse(given);
  if (!parsed.success) return { errors: fieldErrors(parsed.error, 'secrets') };
  const missing = toGenerate.filter((name) => !Object.hasOwn(connector.generate ?? {}, name));
  if (missing.length > 0) {
    return {
      errors: missing.map((name) => ({ field: `secrets.${name}`, message: 'cannot be generated' })),
    };
  }
  const made = toGenerate.map((name) => [name, connector.generate?.[name]?.() ?? ''] as const);
  const generated = Object.fromEntries(made);
  // Each field of a secret schema is a text.
  return { values: { ...(parsed.data as Record<string, string>), ...generated }, generated };
};

export type Seal = (plaintext: string, context: EncryptionContext) => Promise<Sealed>;

/** Seals each secret by itself, under its tenant and connection. One KMS call each. */
export const sealAll = (
  seal: Seal,
  owner: SecretsOwner,
  values: ChosenSecrets['values'],
  version: number,
): Promise<SealedSecret[]> =>
  Promise.all(
    Object.entries(values).map(async ([name, value]) => ({
      name,
      version,
      sealed: await seal(value, encryptionContext(owner)),
    })),
  );

/** An answer with the secrets that were generated, if any: the one time that they are shown. */
export const showing = <View extends object>(view: View, { generated }: ChosenSecrets) =>
  Object.keys(generated).length === 0 ? view : { ...view, secrets: generated };
