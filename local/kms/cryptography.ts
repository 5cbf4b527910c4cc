import { randomBytes } from 'node:crypto';
import { open as openCiphertext, originOf, seal } from './ciphertext.ts';
import type { KeyRecord } from './key-file.ts';
import type { KeyRing } from './key-ring.ts';
import { invalidMember, KmsError } from './kms-error.ts';
import {
  encryptionContext,
  type KmsRequest,
  optionalInteger,
  optionalText,
  requiredBytes,
  requiredText,
} from './request-fields.ts';
import { assertUsable, currentMaterial, materialById } from './usable-key.ts';

const ALGORITHM = 'SYMMETRIC_DEFAULT';
const PLAINTEXT_BYTES_MAX = 4096;
const CIPHERTEXT_BYTES_MAX = 6144;
const DATA_KEY_BYTES_MAX = 1024;
const DATA_KEY_BYTES: Readonly<Record<string, number>> = { AES_256: 32, AES_128: 16 };

const usableKey = (ring: KeyRing, request: KmsRequest, field: string): Readonly<KeyRecord> => {
  const key = ring.find(requiredText(request, field));
  assertUsable(ring, key);
  return key;
};

const assertAlgorithm = (request: KmsRequest, field: string): void => {
  const algorithm = optionalText(request, field) ?? ALGORITHM;
  if (algorithm !== ALGORITHM)
    throw new KmsError('InvalidKeyUsageException', `Algorithm ${algorithm} is not valid for this key.`);
};

const assertNotDryRun = (request: KmsRequest): void => {
  if (request['DryRun'] === true)
    throw new KmsError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun option is set.',
    );
};

const dataKeyBytes = (request: KmsRequest): number => {
  const spec = optionalText(request, 'KeySpec');
  const count = optionalInteger(request, 'NumberOfBytes', 1, DATA_KEY_BYTES_MAX);
  if ((spec === undefined) === (count === undefined))
    throw new KmsError('ValidationException', 'Please specify either number of bytes or key spec.');
  const bytes = count ?? DATA_KEY_BYTES[spec ?? ''];
  if (bytes === undefined)
    throw invalidMember(`'${spec}'`, 'keySpec', 'satisfy enum value set: [AES_256, AES_128]');
  return bytes;
};

interface Opened {
  readonly key: Readonly<KeyRecord>;
  readonly materialId: string;
  readonly plaintext: Buffer;
}

const open = (ring: KeyRing, request: KmsRequest, fields: { key: string; context: string }): Opened => {
  const ciphertext = requiredBytes(request, 'CiphertextBlob', CIPHERTEXT_BYTES_MAX);
  const context = encryptionContext(request, fields.context);
  const demanded = optionalText(request, fields.key);
  const origin = originOf(ciphertext);
  if (!origin) throw new KmsError('InvalidCiphertextException');
  if (demanded !== undefined && ring.find(demanded).id !== origin.keyId)
    throw new KmsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  const key = ring.peek(origin.keyId);
  if (key) assertUsable(ring, key);
  const material = key && materialById(key, origin.materialId);
  const plaintext = material && openCiphertext(material.secret, ciphertext, context);
  if (!key || !plaintext) throw new KmsError('InvalidCiphertextException');
  return { key, materialId: origin.materialId, plaintext };
};

const sealed = (
  key: Readonly<KeyRecord>,
  plaintext: Buffer,
  context: Readonly<Record<string, string>>,
): string => seal(key.id, currentMaterial(key), plaintext, context).toString('base64');

/** The Encrypt operation. */
export const encrypt = (ring: KeyRing, request: KmsRequest): object => {
  const plaintext = requiredBytes(request, 'Plaintext', PLAINTEXT_BYTES_MAX);
  const context = encryptionContext(request, 'EncryptionContext');
  const key = usableKey(ring, request, 'KeyId');
  assertAlgorithm(request, 'EncryptionAlgorithm');
  assertNotDryRun(request);
  return {
    CiphertextBlob: sealed(key, plaintext, context),
    KeyId: ring.keyArn(key.id),
    EncryptionAlgorithm: ALGORITHM,
  };
};

/** The Decrypt operation. */
export const decrypt = (ring: KeyRing, request: KmsRequest): object => {
  const opened = open(ring, request, { key: 'KeyId', context: 'EncryptionContext' });
  assertAlgorithm(request, 'EncryptionAlgorithm');
  assertNotDryRun(request);
  return {
    KeyId: ring.keyArn(opened.key.id),
    Plaintext: opened.plaintext.toString('base64'),
    EncryptionAlgorithm: ALGORITHM,
    KeyMaterialId: opened.materialId,
  };
};

/** The ReEncrypt operation: the plaintext never leaves. */
export const reEncrypt = (ring: KeyRing, request: KmsRequest): object => {
  const source = open(ring, request, { key: 'SourceKeyId', context: 'SourceEncryptionContext' });
  const context = encryptionContext(request, 'DestinationEncryptionContext');
  const destination = usableKey(ring, request, 'DestinationKeyId');
  assertAlgorithm(request, 'SourceEncryptionAlgorithm');
  assertAlgorithm(request, 'DestinationEncryptionAlgorithm');
  assertNotDryRun(request);
  return {
    CiphertextBlob: sealed(destination, source.plaintext, context),
    SourceKeyId: ring.keyArn(source.key.id),
    KeyId: ring.keyArn(destination.id),
    SourceEncryptionAlgorithm: ALGORITHM,
    DestinationEncryptionAlgorithm: ALGORITHM,
    SourceKeyMaterialId: source.materialId,
    DestinationKeyMaterialId: currentMaterial(destination).id,
  };
};

/** The GenerateDataKeyWithoutPlaintext operation; with `plaintext`, GenerateDataKey. */
export const generateDataKey = (ring: KeyRing, request: KmsRequest, plaintext: boolean): object => {
  const bytes = dataKeyBytes(request);
  const context = encryptionContext(request, 'EncryptionContext');
  const key = usableKey(ring, request, 'KeyId');
  assertNotDryRun(request);
  const dataKey = randomBytes(bytes);
  return {
    CiphertextBlob: sealed(key, dataKey, context),
    KeyId: ring.keyArn(key.id),
    KeyMaterialId: currentMaterial(key).id,
    ...(plaintext && { Plaintext: dataKey.toString('base64') }),
  };
};
