import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import { makeOpen, makeSeal } from '../../platform/crypto/seal.ts';
import { makeTable } from '../../platform/dynamo/table.ts';
import type { HttpClient } from '../../platform/egress/request.ts';
import { makeChanges } from '../changes.ts';
import { makeConnectionsStore } from '../store.ts';
import { type AccessTokenDeps, makeAccessToken } from './access-token.ts';
import { makeMarkNeedsReauth } from './needs-reauth.ts';
import { makeProviderCredentials } from './provider-credentials.ts';
import { makeTokenRecords } from './token-record.ts';
import { makeVendor } from './vendor.ts';
import type { VendorUrls } from './vendor-urls.ts';

export interface AccessTokenPlaces {
  readonly connectionsTable: string;
  readonly secretsTable: string;
  readonly keyId: string;
  readonly urls: VendorUrls;
}

/**
 * `accessToken` over the tables. Its function needs Query and PutItem on connections; GetItem, PutItem and UpdateItem
 * on secrets; Decrypt for `oauth_tokens` and `provider_credentials`, GenerateDataKey for `oauth_tokens`.
 */
export const wireAccessToken = (
  places: AccessTokenPlaces,
  clients: { readonly dynamo: DynamoDBClient; readonly kms: KMSClient; readonly http: HttpClient },
  around: Pick<AccessTokenDeps, 'now' | 'wait' | 'log'>,
) => {
  const [seal, open] = [makeSeal(clients.kms, places.keyId), makeOpen(clients.kms, places.keyId)];
  const table = makeTable(clients.dynamo, places.secretsTable);
  return makeAccessToken({
    records: makeTokenRecords(table),
    credentials: makeProviderCredentials({ table, open }),
    vendor: makeVendor({ http: clients.http, urls: places.urls }),
    markNeedsReauth: makeMarkNeedsReauth({
      ...makeConnectionsStore(clients.dynamo, places.connectionsTable),
      ...makeChanges(clients.dynamo, { connections: places.connectionsTable }),
      now: around.now,
    }),
    seal,
    open,
    ...around,
  });
};
