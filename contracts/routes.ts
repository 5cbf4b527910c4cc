import type * as z from 'zod';
import {
  Connection,
  ConnectionList,
  CreateConnection,
  Tenant,
  TenantSettings,
  UpdateConnection,
} from './connections.ts';
import { EventWithDeliveries } from './deliveries.ts';
import type { ErrorCode } from './errors.ts';
import { Health, ProviderList } from './providers.ts';
import { PublishRequestDocument, PublishResponse } from './publish.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** The function that answers it, named like its folder. */
  readonly handler: 'catalogue' | 'manage' | 'publish' | 'outcome';
  /** `tenant` needs a caller and X-Tenant-Id, `admin` a caller alone. */
  readonly access: 'public' | 'tenant' | 'admin';
  readonly summary: string;
  readonly request?: z.ZodType;
  readonly status: number;
  readonly response?: z.ZodType;
  /** Errors of this route beyond those that any route of its kind can answer. */
  readonly errors?: readonly ErrorCode[];
}

/** Every route of the HTTP API. The gateway, the handlers and the OpenAPI document are made from this table. */
export const routes = [
  {
    method: 'GET',
    path: '/health',
    handler: 'catalogue',
    access: 'public',
    summary: 'Whether the API answers',
    status: 200,
    response: Health,
  },
  {
    method: 'GET',
    path: '/providers',
    handler: 'catalogue',
    access: 'public',
    summary: 'What can be connected',
    status: 200,
    response: ProviderList,
  },
  {
    method: 'GET',
    path: '/openapi.json',
    handler: 'catalogue',
    access: 'public',
    summary: 'This document',
    status: 200,
  },
  {
    method: 'PUT',
    path: '/admin/tenants/{tenant_id}',
    handler: 'manage',
    access: 'admin',
    summary: 'Put a tenant on the allowlist, or take it off',
    request: TenantSettings,
    status: 200,
    response: Tenant,
  },
  {
    method: 'GET',
    path: '/admin/tenants/{tenant_id}',
    handler: 'manage',
    access: 'admin',
    summary: "A tenant's settings",
    status: 200,
    response: Tenant,
  },
  {
    method: 'GET',
    path: '/connections',
    handler: 'manage',
    access: 'tenant',
    summary: "The tenant's connections",
    status: 200,
    response: ConnectionList,
  },
  {
    method: 'POST',
    path: '/connections',
    handler: 'manage',
    access: 'tenant',
    summary: 'Create a connection as a draft',
    request: CreateConnection,
    status: 201,
    response: Connection,
    errors: ['connection.exists', 'connection.type_unknown', 'tenant.integrations_disabled'],
  },
  {
    method: 'GET',
    path: '/connections/{connector_type}',
    handler: 'manage',
    access: 'tenant',
    summary: 'One connection',
    status: 200,
    response: Connection,
    errors: ['connection.not_found'],
  },
  {
    method: 'PATCH',
    path: '/connections/{connector_type}',
    handler: 'manage',
    access: 'tenant',
    summary: 'Enable, disable or configure a connection',
    request: UpdateConnection,
    status: 200,
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
  {
    method: 'POST',
    path: '/events',
    handler: 'publish',
    access: 'tenant',
    summary: 'Publish 1 to 100 events',
    request: PublishRequestDocument,
    status: 202,
    response: PublishResponse,
    errors: ['event.conflict'],
  },
  {
    method: 'GET',
    path: '/events/{event_id}',
    handler: 'outcome',
    access: 'tenant',
    summary: 'An event and its outcome per connection',
    status: 200,
    response: EventWithDeliveries,
    errors: ['event.not_found'],
  },
] as const satisfies readonly Route[];

export type RouteKey = `${Route['method']} ${string}`;
export type HandlerName = Route['handler'];

export const routeKey = (route: Pick<Route, 'method' | 'path'>): RouteKey => `${route.method} ${route.path}`;

/** The routes that one function answers. */
export const routesOf = (handler: HandlerName): readonly Route[] =>
  routes.filter((route) => route.handler === handler);
