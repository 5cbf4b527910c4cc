import type { Route } from '../../contracts/routes.ts';
import { routeKey } from '../../contracts/routes.ts';
import { companyUpdated } from '../harness/events.ts';

export const SAMPLE_TENANT_ID = '7d444840-9dc0-11d1-b245-5ffdce74fad2';

const SAMPLE_PARAMETERS = {
  tenant_id: SAMPLE_TENANT_ID,
  connector_type: 'webhook',
  provider: 'hubspot',
  event_id: 'evt_00000000000000000000000000',
  occasion_id: 'summer-fair',
  connection_id: 'con_00000000000000000000000000',
  rewrap_id: 'rwp_00000000000000000000000000',
};

export type PathParameters = Readonly<Record<keyof typeof SAMPLE_PARAMETERS, string>>;

/** The route's path with values in it. Throws an Error for a parameter that no test knows yet. */
export const pathOf = (route: Pick<Route, 'path'>, parameters: Partial<PathParameters> = {}): string =>
  route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = { ...SAMPLE_PARAMETERS, ...parameters }[name as keyof PathParameters];
    if (value === undefined) throw new Error(`There is no sample of the path parameter ${name}`);
    return value;
  });

const bodies: Readonly<Record<string, unknown>> = {
  'PUT /admin/tenants/{tenant_id}': { integrations_enabled: true },
  'POST /connections': { connector_type: 'webhook', config: { url: 'https://example.com/hooks' } },
  'PATCH /connections/{connector_type}': { config: { url: 'https://example.com/changed' } },
  'POST /admin/rewraps': { note: 'The key was rotated' },
  'PUT /admin/providers/{provider}': { client_id: 'our-app', client_secret: 'of our app' },
  'POST /connect/{provider}': {},
  'POST /v1/occasions/{occasion_id}/integrations/connections': {
    connector_type: 'webhook',
    config: { url: 'https://example.com/hooks' },
  },
  'PATCH /v1/occasions/{occasion_id}/integrations/connections/{connection_id}': {
    config: { url: 'https://example.com/changed' },
  },
  'POST /events': { events: [companyUpdated('sample')] },
};

/** A valid body for a route that asks for one. Throws an Error for a route that no test knows yet. */
export const bodyOf = (route: Route): unknown => {
  if (!route.body) return undefined;
  const body = bodies[routeKey(route)];
  if (body === undefined) throw new Error(`There is no sample body for ${routeKey(route)}`);
  return body;
};
