import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../local/clock.ts';
import { boot, type Cloud } from '../../local/cloud/boot.ts';
import type { CloudObserver } from '../../local/cloud/options.ts';
import { ASSEMBLY_DIR } from './assembly.ts';

export const OPERATOR_TOKEN = 'operator-token-of-the-tests';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever JSON came
  readonly json: any;
  readonly text: string;
}

export interface TestCloud {
  readonly cloud: Cloud;
  readonly dataDir: string;
  /** Every line that any function has logged. */
  readonly logs: readonly string[];
  /** Calls the API as the operator; `undefined` leaves a header out. */
  readonly call: (
    method: string,
    path: string,
    options?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string | undefined>> },
  ) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export interface TestCloudOptions extends CloudObserver {
  /** Added to those that let the operator call and this machine be a destination. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
}

/** Boots the synthesized template on data of its own. */
export const startTestCloud = async (options: TestCloudOptions = {}): Promise<TestCloud> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'crossdock-test-'));
  const logs: string[] = [];
  const { parameters, clock = systemClock, ...observer } = options;
  const cloud = await boot({
    ...observer,
    clock,
    assemblyDir: ASSEMBLY_DIR,
    dataDir,
    port: 0,
    parameters: {
      OperatorTokenHashes: createHash('sha256').update(OPERATOR_TOKEN).digest('hex'),
      LoopbackDestinations: 'allow',
      ...parameters,
    },
    onLog: (line) => {
      logs.push(line.line);
      observer.onLog?.(line);
    },
  });
  return {
    cloud,
    dataDir,
    logs,
    async call(method, path, { body, headers = {} } = {}) {
      const all = {
        authorization: `Bearer ${OPERATOR_TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      };
      const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const response = await fetch(`${cloud.url}${path}`, {
        method,
        headers: sent,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: parsed(text) };
    },
    async stop() {
      await cloud.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

/** A new tenant on the allowlist with an enabled webhook connection to `url`; answers its id and signing secret. */
export const connectWebhook = async (
  { call }: TestCloud,
  url: string,
  config: Record<string, unknown> = {},
) => {
  const tenantId = randomUUID();
  const headers = { 'x-tenant-id': tenantId };
  await call('PUT', `/admin/tenants/${tenantId}`, { body: { integrations_enabled: true } });
  const body = { connector_type: 'webhook', config: { url, ...config } };
  const created = await call('POST', '/connections', { headers, body });
  if (created.status !== 201) throw new Error(`POST /connections answered ${created.text}`);
  const enabled = await call('PATCH', '/connections/webhook', { headers, body: { state: 'enabled' } });
  if (enabled.status !== 200) throw new Error(`PATCH answered ${enabled.text}`);
  const signingSecret: string = created.json.secrets.signing_secret;
  const connectionId: string = created.json.connection_id;
  return { tenantId, headers, signingSecret, connectionId };
};
