/** What the other flows may use of connections. */
export type { ConnectionRecord, TenantConnections } from './record.ts';
export { makeSecretsReader, type ReadSecrets } from './secrets.ts';
export { type ConnectionsStore, makeConnectionsStore } from './store.ts';
export { configSchema } from './validate.ts';
