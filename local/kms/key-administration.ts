import type { KeyRecord } from './key-file.ts';
import type { KeyRing } from './key-ring.ts';
import { KmsError } from './kms-error.ts';
import { type KmsRequest, optionalInteger, optionalText, requiredText } from './request-fields.ts';
import { assertNotPendingDeletion, assertUsable, currentMaterial } from './usable-key.ts';

const DAY_MS = 86_400_000;
const ON_DEMAND_ROTATIONS_MAX = 25;
const ROTATION_PERIOD_DAYS = 365;

const seconds = (epochMs: number): number => epochMs / 1000;

const keyOf = (ring: KeyRing, request: KmsRequest): Readonly<KeyRecord> =>
  ring.find(requiredText(request, 'KeyId'));

/** The DescribeKey operation. */
export const describeKey = (ring: KeyRing, request: KmsRequest): object => {
  const key = keyOf(ring, request);
  return {
    KeyMetadata: {
      AWSAccountId: ring.account,
      Arn: ring.keyArn(key.id),
      CreationDate: seconds(key.createdMs),
      CurrentKeyMaterialId: currentMaterial(key).id,
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      ...(key.deletionMs !== undefined && { DeletionDate: seconds(key.deletionMs) }),
      Description: key.description,
      Enabled: key.state === 'Enabled',
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      KeyId: key.id,
      KeyManager: 'CUSTOMER',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyState: key.state,
      KeyUsage: 'ENCRYPT_DECRYPT',
      MultiRegion: false,
      Origin: 'AWS_KMS',
    },
  };
};

/** The ListAliases operation. */
export const listAliases = (ring: KeyRing, request: KmsRequest): object => {
  const reference = optionalText(request, 'KeyId');
  const only = reference === undefined ? undefined : ring.find(reference).id;
  const aliases = ring.aliases().filter(([, keyId]) => only === undefined || keyId === only);
  return {
    Aliases: aliases.map(([name, keyId]) => ({
      AliasName: name,
      AliasArn: ring.aliasArn(name),
      TargetKeyId: keyId,
    })),
    Truncated: false,
  };
};

/** The EnableKey and DisableKey operations. */
export const setState = (ring: KeyRing, request: KmsRequest, state: 'Enabled' | 'Disabled'): object => {
  const key = keyOf(ring, request);
  assertNotPendingDeletion(ring, key);
  ring.change(key.id, { state });
  return {};
};

/** The ScheduleKeyDeletion operation: from then on the key decrypts nothing, and at the date it is gone. */
export const scheduleKeyDeletion = (ring: KeyRing, request: KmsRequest): object => {
  const key = keyOf(ring, request);
  assertNotPendingDeletion(ring, key);
  const days = optionalInteger(request, 'PendingWindowInDays', 7, 30) ?? 30;
  const deletionMs = ring.now() + days * DAY_MS;
  ring.change(key.id, { state: 'PendingDeletion', deletionMs });
  return {
    KeyId: ring.keyArn(key.id),
    DeletionDate: seconds(deletionMs),
    KeyState: 'PendingDeletion',
    PendingWindowInDays: days,
  };
};

/** The CancelKeyDeletion operation: the key is then disabled. */
export const cancelKeyDeletion = (ring: KeyRing, request: KmsRequest): object => {
  const key = keyOf(ring, request);
  const arn = ring.keyArn(key.id);
  if (key.state !== 'PendingDeletion')
    throw new KmsError('KMSInvalidStateException', `${arn} is not pending deletion.`);
  ring.change(key.id, { state: 'Disabled', deletionMs: undefined });
  return { KeyId: arn };
};

/** The RotateKeyOnDemand operation. */
export const rotateKeyOnDemand = (ring: KeyRing, request: KmsRequest): object => {
  const key = keyOf(ring, request);
  assertUsable(ring, key);
  if (key.materials.length > ON_DEMAND_ROTATIONS_MAX)
    throw new KmsError(
      'LimitExceededException',
      `The on-demand rotations limit has been reached for the given keyId ${key.id}. No more on-demand rotations can be performed for this key.`,
    );
  ring.rotate(key.id);
  return { KeyId: ring.keyArn(key.id) };
};

/** The ListKeyRotations operation: every material but the first, oldest first. */
export const listKeyRotations = (ring: KeyRing, request: KmsRequest): object => {
  const key = keyOf(ring, request);
  const current = currentMaterial(key).id;
  const rotations = key.materials.slice(1).map(({ id, createdMs }) => ({
    KeyId: ring.keyArn(key.id),
    KeyMaterialId: id,
    KeyMaterialState: id === current ? 'CURRENT' : 'NON_CURRENT',
    RotationDate: seconds(createdMs),
    RotationType: 'ON_DEMAND',
  }));
  return { Rotations: rotations, Truncated: false };
};

/** The GetKeyRotationStatus operation. */
export const getKeyRotationStatus = (ring: KeyRing, request: KmsRequest): object => {
  const key = keyOf(ring, request);
  return {
    KeyId: ring.keyArn(key.id),
    KeyRotationEnabled: key.rotationEnabled,
    ...(key.rotationEnabled && { RotationPeriodInDays: ROTATION_PERIOD_DAYS }),
  };
};
