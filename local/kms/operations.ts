import { decrypt, encrypt, generateDataKey, reEncrypt } from './cryptography.ts';
import {
  cancelKeyDeletion,
  describeKey,
  getKeyRotationStatus,
  listAliases,
  listKeyRotations,
  rotateKeyOnDemand,
  scheduleKeyDeletion,
  setState,
} from './key-administration.ts';
import type { KeyRing } from './key-ring.ts';
import type { KmsRequest } from './request-fields.ts';

type Operation = (ring: KeyRing, request: KmsRequest) => object;

/** What this KMS can do, by operation name. Each returns the reply's body and throws KmsError. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['CancelKeyDeletion', cancelKeyDeletion],
  ['Decrypt', decrypt],
  ['DescribeKey', describeKey],
  ['DisableKey', (ring, request) => setState(ring, request, 'Disabled')],
  ['EnableKey', (ring, request) => setState(ring, request, 'Enabled')],
  ['Encrypt', encrypt],
  ['GenerateDataKey', (ring, request) => generateDataKey(ring, request, true)],
  ['GenerateDataKeyWithoutPlaintext', (ring, request) => generateDataKey(ring, request, false)],
  ['GetKeyRotationStatus', getKeyRotationStatus],
  ['ListAliases', listAliases],
  ['ListKeyRotations', listKeyRotations],
  ['ReEncrypt', reEncrypt],
  ['RotateKeyOnDemand', rotateKeyOnDemand],
  ['ScheduleKeyDeletion', scheduleKeyDeletion],
]);
