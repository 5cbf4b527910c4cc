import { randomUUID } from 'node:crypto';
import { CreateConnection } from '#contracts/connections.ts';
import { makeCreate } from '#functions/connections/manage/create.ts';
import { makeEndpoints } from '#functions/connections/manage/endpoints.ts';
import { makeUpdate } from '#functions/connections/manage/update.ts';
import { makeConnectionsStore } from '#functions/connections/store.ts';
import type { EncryptionContext, Sealed } from '#functions/platform/crypto/seal.ts';
import { manualClock } from '#local/manual-clock.ts';
import { START_MS } from './outbound.ts';
import type { Tables } from './tables.ts';

const bytes = new Uint8Array(8);

/** The use cases of connections over real tables, and what was given to be sealed. Loopback is no destination. */
export const manageConnections = (tables: Tables) => {
  const store = makeConnectionsStore(tables.client, 'connections');
  const clock = manualClock(START_MS);
  const sealings: { readonly plaintext: string; readonly context: EncryptionContext }[] = [];
  const seal = async (plaintext: string, context: EncryptionContext): Promise<Sealed> => {
    sealings.push({ plaintext, context });
    return { wrapped_key: bytes, iv: bytes, ciphertext: bytes, tag: bytes };
  };
  const validation = { destinations: { allowLoopback: false } };
  const deps = { store, seal, secretsTable: 'secrets', validation, now: clock.now };
  const create = makeCreate(deps);
  const update = makeUpdate(deps);
  return {
    store,
    clock,
    sealings,
    validation,
    update,
    endpoints: makeEndpoints({ store, create, update, validation }),
    /** Creates a webhook connection, but for `input`. */
    create: (tenantId: string, input: object = {}) =>
      create(tenantId, CreateConnection.parse({ connector_type: 'webhook', ...input })),
    /** A tenant that is on the allowlist. */
    async tenant() {
      const tenantId = randomUUID();
      await store.setGate(tenantId, true);
      return tenantId;
    },
  };
};

export type ManageConnections = ReturnType<typeof manageConnections>;
