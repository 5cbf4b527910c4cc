import type * as z from 'zod';
import { ActivityList, AdminActivityQuery } from './activity.ts';
import type { routes } from './all-routes.ts';
import { ConnectCallback, ConnectStarted, ProviderSettings, ProviderSetup, StartConnect } from './connect.ts';
import { ConnectionHealth, ConnectionTest } from './connection-health.ts';
import { AdminConnectionList, Connection, ConnectionList, Tenant } from './connection-views.ts';
import { ChangeTenant, CreateConnection, RevokeQuery, UpdateConnection } from './connections.ts';
import { EventWithDeliveries } from './deliveries.ts';
import type { ErrorCode } from './errors.ts';
import { publishExamples } from './examples.ts';
import { PageQuery } from './pages.ts';
import { Health, ProviderList } from './providers.ts';
import { PublishRequestDocument, PublishResponse } from './publish.ts';

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
    summary: 'What was done to the connections of all tenants, latest first',
    query: AdminActivityQuery,
    response: ActivityList,
  },
  'GET /connections': { summary: "The tenant's connections", response: ConnectionList },
  'POST /connections': {
    summary: 'Create a connection as a draft',
    request: CreateConnection,
    examples: {
      webhook: {
        value: { connector_type: 'webhook', config: { url: 'https://example.com/hooks/crossdock' } },
      },
    },
    response: Connection,
    errors: ['connection.exists', 'connection.type_unknown', 'tenant.integrations_disabled'],
  },
  'GET /connections/{connector_type}': {
    summary: 'One connection',
    response: Connection,
    errors: ['connection.not_found'],
  },
  'PATCH /connections/{connector_type}': {
    summary: 'Enable, disable or configure a connection, or rotate its secrets',
    request: UpdateConnection,
    examples: {
      enable: { value: { state: 'enabled' } },
      rotate: {
        value: { secrets: { signing_secret: null }, overlap_hours: 48, note: 'The yearly rotation' },
      },
    },
    response: Connection,
    errors: [
      'connection.not_found',
      'connection.invalid',
      'connection.state_invalid',
      'connection.revoked',
      'connection.write_conflict',
      'tenant.integrations_disabled',
    ],
  },
  'DELETE /connections/{connector_type}': {
    summary:
      'Revoke a connection, for good: its secrets are destroyed, its grant is ended at the vendor if that can be',
    query: RevokeQuery,
    response: Connection,
    errors: ['connection.not_found', 'connection.write_conflict'],
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
    response: ConnectionHealth,
    errors: ['connection.not_found'],
  },
  'POST /connections/{connector_type}/test': {
    summary: 'Try a connection without delivering anything, and keep the outcome as its health',
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
    query: PageQuery,
    response: ActivityList,
    errors: ['connection.not_found'],
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
