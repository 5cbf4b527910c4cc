/** The HTTP API and the operator who calls it. */
export interface ApiTarget {
  /** Base URL of the HTTP API. */
  readonly apiUrl: string;
  readonly operatorToken: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly tenantId: string;
  /** JSON text. */
  readonly body?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Calls one route for a tenant and answers whatever came. */
export const callApi = async (
  { apiUrl, operatorToken }: ApiTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  const { method, path, tenantId, body, signal } = request;
  const response = await fetch(`${apiUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${operatorToken}`,
      'x-tenant-id': tenantId,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: response.status, text: await response.text() };
};

/** A call of one tenant that gives back the answer's JSON, which is always an object. */
export type TenantCall = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

/** A tenant's calls; one rejects when its answer's status is `failsFrom` or above. */
export const tenantCalls =
  (target: ApiTarget, tenantId: string, failsFrom: 400 | 500, signal?: AbortSignal): TenantCall =>
  async (method, path, content) => {
    const body = content === undefined ? undefined : JSON.stringify(content);
    const request = { method, path, tenantId, body, ...(signal === undefined ? {} : { signal }) };
    const { status, text } = await callApi(target, request);
    if (status >= failsFrom) throw new Error(`${method} ${path} answered ${status}: ${text}`);
    return JSON.parse(text);
  };

/** Puts the tenant on the allowlist and enables a webhook connection to `url`; answers the connection as it was created. */
export const connectWebhook = async (
  call: TenantCall,
  tenantId: string,
  url: string,
): Promise<Record<string, unknown>> => {
  await call('PUT', `/admin/tenants/${tenantId}`, { integrations_enabled: true });
  const created = await call('POST', '/connections', { connector_type: 'webhook', config: { url } });
  await call('PATCH', '/connections/webhook', { state: 'enabled' });
  return created;
};

/** Sets a provider up and connects it as a vendor without questions would have it; answers the connection. */
export const connectProvider = async (
  call: TenantCall,
  provider: string,
): Promise<Record<string, unknown>> => {
  await call('PUT', `/admin/providers/${provider}`, { client_id: 'our-app', client_secret: 'of our app' });
  const { authorize_url } = await call('POST', `/connect/${provider}`, {});
  const state = new URL(String(authorize_url)).searchParams.get('state') ?? '';
  return call('GET', `/connect/${provider}/callback?code=any&state=${encodeURIComponent(state)}`);
};
