/** What the other flows may use of connections. */
export { PARKED_HEADING, parkingKey, parkingTouched, parkReasonOf } from './parking.ts';
export { toProvider } from './provider.ts';
export type { ConnectionRecord, Standing, TenantConnections } from './record.ts';
export { makeSecretsReader, type ReadSecrets } from './secrets.ts';
export { type ConnectionsStore, makeConnectionsStore } from './store.ts';
export { type Degrade, makeUse, type RecordUse } from './use.ts';
export { schemaErrors } from './validate.ts';
