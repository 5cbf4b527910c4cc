import type { KeyMaterial } from './ciphertext.ts';
import type { KeyRecord } from './key-file.ts';
import type { KeyRing } from './key-ring.ts';
import { KmsError } from './kms-error.ts';

/** Throws DisabledException or KMSInvalidStateException unless the key may be used for cryptography now. */
export const assertUsable = (ring: KeyRing, key: Readonly<KeyRecord>): void => {
  if (key.state === 'Disabled')
    throw new KmsError('DisabledException', `${ring.keyArn(key.id)} is disabled.`);
  assertNotPendingDeletion(ring, key);
};

/** Throws KMSInvalidStateException while the key waits for its deletion. */
export const assertNotPendingDeletion = (ring: KeyRing, key: Readonly<KeyRecord>): void => {
  if (key.state === 'PendingDeletion')
    throw new KmsError('KMSInvalidStateException', `${ring.keyArn(key.id)} is pending deletion.`);
};

const asMaterial = (record: KeyRecord['materials'][number]): KeyMaterial => ({
  id: record.id,
  secret: Buffer.from(record.secret, 'base64'),
});

/** The material that encrypts now. */
export const currentMaterial = (key: Readonly<KeyRecord>): KeyMaterial => {
  const newest = key.materials.at(-1);
  if (!newest) throw new Error(`Key ${key.id} has no material`);
  return asMaterial(newest);
};

/** The material of that id, current or not. */
export const materialById = (key: Readonly<KeyRecord>, materialId: string): KeyMaterial | undefined => {
  const found = key.materials.find(({ id }) => id === materialId);
  return found && asMaterial(found);
};
