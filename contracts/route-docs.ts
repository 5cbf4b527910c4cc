import type * as z from 'zod';
import { ActivityList, AdminActivityQuery } from './activity.ts';
import type { routes } from './all-routes.ts';
import { ConnectCallback, ConnectStarted, ProviderSettings, ProviderSetup, StartConnect } from './connect.ts';
import { ConnectionHealth, ConnectionTest } from './connection-health.ts';
import { ActivityQuery, ConnectionsQuery } from './connection-queries.ts';
import {
  AdminConnectionList,
  Connection,
  ConnectionList,
  OccasionIntegrations,
  Tenant,
} from './connection-views.ts';
import {
  ChangeTenant,
  CreateConnection,
  CreateInOccasion,
  NoteQuery,
  UpdateConnection,
} from './connections.ts';
import { EventWithDeliveries } from './deliveries.ts';
import type { ErrorCode } from './errors.ts';
import { publishExamples } from './examples.ts';
import { PageQuery } from './pages.ts';
import { Health, ProviderList } from './providers.ts';
import { PublishRequestDocument, PublishResponse } from './publish.ts';
import { CancelRewrapQuery, RewrapJob, StartRewrap } from './rewraps.ts';
import { ScopeQuery } from './scopes.ts';

export interface RouteDocs {
  readonly summary: string;
  readonly request?: z.ZodType;
  /** Requests as one would send them, by name. */
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
  /** What is read of the query string. */
  readonly query?: z.ZodObject;
  /** Absent for a document that is described elsewhere. */
  readonly response?: z.ZodType;
  /** Errors of this route beyond those that any route of its kind can answer. */
  readonly errors?: readonly ErrorCode[];
}

type Known = (typeof routes)[number];
type Key = { [R in Known as `${R['method']} ${R['path']}`]: R };

const pausingErrors: readonly ErrorCode[] = [
  'connection.not_found',
  'connection.revoked',
  'connection.write_conflict',
  'tenant.integrations_disabled',
];

const updateErrors: readonly ErrorCode[] = [
  'connection.not_found',
  'connection.invalid',
  'connection.state_invalid',
  'connection.revoked',
  'connection.write_conflict',
  'tenant.integrations_disabled',
];

/** What each route is for, and what goes in and out. A route without an entry does not compile. */
export const routeDocs: Readonly<Record<keyof Key, RouteDocs>> = {
  'GET /health': { summary: 'Whether the API answers', response: Health },
  'GET /providers': { summary: 'What can be connected', response: ProviderList },
  'GET /openapi.json': { summary: 'This document' },
  'PUT /admin/tenants/{tenant_id}': {
    summary: "Replace a tenant's settings: put it on the allowlist or take it off, and bound what it may use",
    request: ChangeTenant,
    examples: {
      enable: { value: { integrations_enabled: true } },
      bound: {
        value: {
          integrations_enabled: true,
          throttles: { deliveries_per_second: 50, concurrent_deliveries: 10 },
          note: 'Agreed at onboarding',
        },
      },
    },
    response: Tenant,
  },
  'GET /admin/tenants/{tenant_id}': { summary: "A tenant's settings", response: Tenant },
  'GET /admin/connections': {
    summary: 'The connections of all tenants, and how many are degraded',
    query: PageQuery,
    response: AdminConnectionList,
  },
  'GET /admin/activity': {
    summary: 'What was done to the connections of all tenants and to the deployment, latest first',
    query: AdminActivityQuery,
    response: ActivityList,
  },
  'GET /connections': {
    summary: "The tenant's connections, those of the platform first",
    query: ConnectionsQuery,
    response: ConnectionList,
  },
  'POST /connections': {
    summary: 'Create a connection as a draft',
    request: CreateConnection,
    examples: {
      webhook: {
        value: { connector_type: 'webhook', config: { url: 'https://example.com/hooks/crossdock' } },
      },
      occasion: {
        value: {
          connector_type: 'webhook',
          scope: 'occasion',
          scope_id: 'summer-fair-2027',
          config: { url: 'https://example.com/hooks/crossdock' },
        },
      },
    },
    response: Connection,
    errors: ['connection.exists', 'connection.type_unknown', 'tenant.integrations_disabled'],
  },
  'GET /connections/{connector_type}': {
    summary: 'One connection',
    query: ScopeQuery,
    response: Connection,
    errors: ['connection.not_found'],
  },
  'PATCH /connections/{connector_type}': {
    summary: 'Enable, disable or configure a connection, or rotate its secrets',
    request: UpdateConnection,
    query: ScopeQuery,
    examples: {
      enable: { value: { state: 'enabled' } },
      rotate: {
        value: { secrets: { signing_secret: null }, overlap_hours: 48, note: 'The yearly rotation' },
      },
    },
    response: Connection,
    errors: updateErrors,
  },
  'DELETE /connections/{connector_type}': {
    summary:
      'Revoke a connection, for good: its secrets are destroyed, its grant is ended at the vendor if that can be',
    query: NoteQuery,
    response: Connection,
    errors: ['connection.not_found', 'connection.write_conflict'],
  },
  'POST /connections/{connector_type}/pause': {
    summary: 'Let the deliveries over a connection wait: none is lost, none is sent',
    query: NoteQuery,
    response: Connection,
    errors: pausingErrors,
  },
  'POST /connections/{connector_type}/resume': {
    summary: 'Send what has waited since the pause, and deliver again',
    query: NoteQuery,
    response: Connection,
    errors: pausingErrors,
  },
  'POST /admin/rewraps': {
    summary: 'Wrap all data keys anew, after a rotation of the key; it goes on by itself',
    request: StartRewrap,
    examples: { rotated: { value: { note: 'The key was rotated' } } },
    response: RewrapJob,
    errors: ['rewrap.running'],
  },
  'GET /admin/rewraps/{rewrap_id}': {
    summary: 'How far a rewrap has come',
    response: RewrapJob,
    errors: ['rewrap.not_found'],
  },
  'DELETE /admin/rewraps/{rewrap_id}': {
    summary: 'Cancel a rewrap; what it has done stays done',
    query: CancelRewrapQuery,
    response: RewrapJob,
    errors: ['rewrap.not_found'],
  },
  'PUT /admin/providers/{provider}': {
    summary: 'Set up our app at a provider: its client id and secret',
    request: ProviderSetup,
    examples: { app: { value: { client_id: 'our-app', client_secret: 'of our app at the vendor' } } },
    response: ProviderSettings,
    errors: ['connect.provider_unknown', 'connect.redirect_refused'],
  },
  'POST /connect/{provider}': {
    summary: 'Begin to connect a provider through OAuth',
    request: StartConnect,
    examples: { defaults: { value: {} } },
    response: ConnectStarted,
    errors: [
      'connect.provider_unknown',
      'connect.provider_not_set_up',
      'connect.redirect_refused',
      'tenant.integrations_disabled',
    ],
  },
  'GET /connect/{provider}/callback': {
    summary: 'Where the vendor sends the user back to: completes the connection',
    query: ConnectCallback,
    response: Connection,
    errors: [
      'connect.access_denied',
      'connect.account_mismatch',
      'connect.account_unclear',
      'connect.authorization_failed',
      'connect.client_refused',
      'connect.code_refused',
      'connect.provider_mismatch',
      'connect.provider_not_set_up',
      'connect.provider_unknown',
      'connect.state_expired',
      'connect.state_invalid',
      'connect.vendor_unavailable',
      'connection.invalid',
      'connection.write_conflict',
      'tenant.integrations_disabled',
    ],
  },
  'GET /connections/{connector_type}/health': {
    summary: 'Whether a connection is well, and what it lacks',
    query: ScopeQuery,
    response: ConnectionHealth,
    errors: ['connection.not_found'],
  },
  'POST /connections/{connector_type}/test': {
    summary: 'Try a connection without delivering anything, and keep the outcome as its health',
    query: ScopeQuery,
    response: ConnectionTest,
    errors: [
      'connection.not_found',
      'connection.invalid',
      'connection.check_unsupported',
      'connection.revoked',
      'connection.write_conflict',
      'tenant.integrations_disabled',
    ],
  },
  'GET /connections/{connector_type}/activity': {
    summary: 'What was done to a connection, and to those before it at its place; latest first',
    query: ActivityQuery,
    response: ActivityList,
    errors: ['connection.not_found'],
  },
  'GET /v1/occasions/{occasion_id}/integrations': {
    summary: 'What is connected in an occasion, and what else can be',
    query: PageQuery,
    response: OccasionIntegrations,
  },
  'POST /v1/occasions/{occasion_id}/integrations/connections': {
    summary: 'Create a connection of an occasion as a draft',
    request: CreateInOccasion,
    examples: {
      webhook: {
        value: { connector_type: 'webhook', config: { url: 'https://example.com/hooks/crossdock' } },
      },
    },
    response: Connection,
    errors: ['connection.exists', 'connection.type_unknown', 'tenant.integrations_disabled'],
  },
  'PATCH /v1/occasions/{occasion_id}/integrations/connections/{connection_id}': {
    summary: 'Enable, disable or configure a connection of an occasion, or rotate its secrets',
    request: UpdateConnection,
    examples: { enable: { value: { state: 'enabled' } } },
    response: Connection,
    errors: updateErrors,
  },
  'POST /events': {
    summary: 'Publish 1 to 100 events',
    request: PublishRequestDocument,
    examples: publishExamples,
    response: PublishResponse,
    errors: ['event.conflict'],
  },
  'GET /events/{event_id}': {
    summary: 'An event and its outcome per connection',
    response: EventWithDeliveries,
    errors: ['event.not_found'],
  },
};
