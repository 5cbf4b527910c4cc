import type { KeyNames } from '../kms/key-names.ts';
import type { Need, RequestContext } from './request-context.ts';

type Body = Readonly<Record<string, unknown>>;

const encryptionContext = (value: unknown): RequestContext => {
  const context = new Map<string, readonly string[]>();
  const entries = Object.entries(Object(value));
  for (const [key, text] of entries) context.set(`kms:EncryptionContext:${key}`, [String(text)]);
  if (entries.length > 0)
    context.set(
      'kms:EncryptionContextKeys',
      entries.map(([key]) => key),
    );
  return context;
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const need = (action: string, resource: string | undefined, context: unknown): Need[] =>
  // What names no key is refused by the service itself, which then knows why.
  resource === undefined ? [] : [{ action: `kms:${action}`, resource, context: encryptionContext(context) }];

/** What a KMS operation needs: for a ciphertext, on the key that it was made with. */
export const kmsNeeds = (operation: string, body: Body, names: KeyNames): readonly Need[] => {
  const sealedUnder = () => names.ofCiphertext(text(body['CiphertextBlob']));
  const named = (field: string) => names.ofReference(text(body[field]));
  switch (operation) {
    case 'Decrypt':
      return need('Decrypt', sealedUnder(), body['EncryptionContext']);
    case 'ReEncrypt':
      return [
        ...need('ReEncryptFrom', sealedUnder(), body['SourceEncryptionContext']),
        ...need('ReEncryptTo', named('DestinationKeyId'), body['DestinationEncryptionContext']),
      ];
    default:
      return need(operation, body['KeyId'] === undefined ? '*' : named('KeyId'), body['EncryptionContext']);
  }
};
