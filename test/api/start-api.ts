import { randomUUID } from 'node:crypto';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { startLenientVendor } from '../../local/lenient-vendor.ts';
import {
  type Answer,
  OPERATOR_TOKEN,
  startTestCloud,
  type TestCloud,
  type TestCloudOptions,
} from '../harness/cloud.ts';
import { violations } from './violations.ts';

type Headers = Readonly<Record<string, string>>;

export interface Api extends Pick<TestCloud, 'call' | 'logs' | 'stop'> {
  readonly cloud: TestCloud;
  /** Sends these bytes and, with the operator's token, these headers: a list becomes a header line each. */
  readonly send: (
    method: string,
    path: string,
    headers: OutgoingHttpHeaders,
    body?: Uint8Array | string,
  ) => Promise<Answer>;
  /** Publishes the texts, each the JSON of an event, just as they are. */
  readonly publish: (headers: Headers, ...events: readonly (string | object)[]) => Promise<Answer>;
  /** Sets HubSpot up and begins to connect it for a tenant: the state. */
  readonly beginConnect: (headers: Headers) => Promise<string>;
  /** A new tenant, on the allowlist unless told otherwise: its id and the header that names it. */
  readonly newTenant: (options?: { readonly enabled: boolean }) => Promise<Tenant>;
}

export interface Tenant {
  readonly tenantId: string;
  readonly headers: Headers;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const sendRaw = (url: string, method: string, headers: OutgoingHttpHeaders, body?: Uint8Array | string) =>
  new Promise<Answer>((resolve, reject) => {
    const outgoing = request(url, { method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const sent = new Headers(
          Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
        );
        resolve({ status: incoming.statusCode ?? 0, headers: sent, text, json: parsed(text) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

const checked = (method: string, path: string, answer: Answer): Answer => {
  const found = violations(method, path, answer);
  if (found.length === 0) return answer;
  throw new Error(`${method} ${path} ${found.join(', ')}: ${answer.status} ${answer.text.slice(0, 2000)}`);
};

/** Boots the cloud, with a vendor in the place of HubSpot. Every answer is held against the OpenAPI document, and one that it does not describe rejects. */
export const startApi = async (options: TestCloudOptions = {}): Promise<Api> => {
  const vendor = await startLenientVendor();
  const parameters = { VendorUrls: vendor.vendorUrls, ...options.parameters };
  const cloud = await startTestCloud({ ...options, parameters });
  const call: Api['call'] = async (method, path, options) =>
    checked(method, path, await cloud.call(method, path, options));
  return {
    cloud,
    logs: cloud.logs,
    async stop() {
      await cloud.stop();
      await vendor.close();
    },
    call,
    async send(method, path, headers, body) {
      const all = { authorization: `Bearer ${OPERATOR_TOKEN}`, ...headers };
      return checked(method, path, await sendRaw(`${cloud.cloud.url}${path}`, method, all, body));
    },
    publish(headers, ...events) {
      const texts = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)));
      return call('POST', '/events', { headers, body: `{"events":[${texts.join(',')}]}` });
    },
    async beginConnect(headers) {
      const app = { client_id: 'our-app', client_secret: 'of our app' };
      await call('PUT', '/admin/providers/hubspot', { body: app });
      const { json } = await call('POST', '/connect/hubspot', { headers, body: {} });
      return new URL(json.authorize_url).searchParams.get('state') ?? '';
    },
    async newTenant({ enabled } = { enabled: true }) {
      const tenantId = randomUUID();
      await call('PUT', `/admin/tenants/${tenantId}`, { body: { integrations_enabled: enabled } });
      return { tenantId, headers: { 'x-tenant-id': tenantId } };
    },
  };
};
