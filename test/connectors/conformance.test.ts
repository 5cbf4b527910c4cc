import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommonConfig, ConnectorType } from '#contracts/connections.ts';
import { Provider } from '#contracts/providers.ts';
import { toProvider } from '#functions/connections/provider.ts';
import { connectorOf, connectors } from '#functions/connectors/all.ts';
import { Secret } from '#functions/platform/crypto/secret.ts';
import { makeHttpClient } from '#functions/platform/egress/request.ts';
import { envelopeOf, START_MS } from '../harness/outbound.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';

const FOLDER = new URL('../../functions/connectors/', import.meta.url);
const TENANT = '7d444840-9dc0-11d1-b245-5ffdce74fad2';

/** A configuration for each connector whose deliveries go to `url`. */
const configs: Record<string, (url: string) => Record<string, unknown>> = {
  webhook: (url) => ({ url }),
};

const folders = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const fieldsOf = (shape: object) =>
  Object.entries(shape as Record<string, { meta: () => Record<string, unknown> | undefined }>).map(
    ([name, field]) => ({ name, meta: field.meta() ?? {} }),
  );

describe('the registry', () => {
  it('has each folder of a connector, and no connector without one', () => {
    const types = connectors.map(({ type }) => type.replaceAll('_', '-'));
    expect(types.sort()).toEqual(folders.sort());
  });

  it('finds a connector by its type, and nothing by any other word', () => {
    for (const connector of connectors) expect(connectorOf(connector.type)).toBe(connector);
    for (const other of ['', 'Webhook', 'constructor']) expect(connectorOf(other)).toBeUndefined();
  });
});

describe.each(connectors)('the connector $type', (connector) => {
  it('has a type that can stand in paths, queue names, logs and keys', () => {
    expect(ConnectorType.safeParse(connector.type).success).toBe(true);
  });

  it('is told apart by name and described in a sentence', () => {
    expect(connector.name).not.toBe('');
    expect(connector.description).toMatch(/^[A-Z].{10,}\.$/);
    expect(connectors.filter(({ name }) => name === connector.name)).toHaveLength(1);
  });

  it('marks each secret field as one, and no field of its configuration', () => {
    for (const { name, meta } of fieldsOf(connector.secrets.shape))
      expect([name, meta]).toMatchObject([name, { secret: true }]);
    for (const { name, meta } of fieldsOf(connector.config.shape))
      expect([name, meta['secret']]).toEqual([name, undefined]);
  });

  it('gives each field a title to draw a form from', () => {
    const fields = [...fieldsOf(connector.config.shape), ...fieldsOf(connector.secrets.shape)];
    for (const { name, meta } of fields)
      expect([name, meta['title']]).toEqual([name, expect.stringMatching(/\S/)]);
  });

  it('takes no name that all connections share', () => {
    const shared = Object.keys(CommonConfig.shape);
    expect(Object.keys(connector.config.shape).filter((name) => shared.includes(name))).toEqual([]);
  });

  it('generates only secrets that it has and that its own schema takes, never one twice', () => {
    for (const [name, generate] of Object.entries(connector.generate ?? {})) {
      expect(Object.keys(connector.secrets.shape)).toContain(name);
      const made = Array.from({ length: 20 }, generate);
      for (const value of made)
        expect(connector.secrets.partial().safeParse({ [name]: value }).success).toBe(true);
      expect(new Set(made).size).toBe(made.length);
    }
  });

  it('says that it delivers exactly when it can', () => {
    const delivers = connector.deliver !== undefined;
    expect(connector.capabilities.includes('deliver')).toBe(delivers);
    expect(connector.direction !== 'inbound').toBe(delivers);
  });

  it('has a catalogue entry that the contract describes, with its secrets marked in the schema', () => {
    const provider = toProvider(connector);
    expect(Provider.parse(provider)).toEqual(provider);
    const schemas = JSON.stringify(provider.secret_schema);
    for (const name of Object.keys(connector.secrets.shape)) expect(schemas).toContain(`"${name}"`);
    expect(JSON.stringify(provider)).not.toContain('$schema');
  });
});

describe.each(connectors.filter(({ deliver }) => deliver))('delivering over $type', (connector) => {
  const http = makeHttpClient({ policy: { allowLoopback: true } });
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(async () => {
    http.close();
    await receiver.close();
  });

  const secrets = [
    Object.fromEntries(
      Object.entries(connector.generate ?? {}).map(([name, make]) => [name, new Secret(make())]),
    ),
  ];
  const deliver = (keys: readonly string[]) => {
    const config = connector.config.parse(configs[connector.type]?.(receiver.url));
    const envelopes = keys.map((key) => envelopeOf(TENANT, key));
    return connector.deliver?.({ config, secrets, envelopes }, { http, now: () => START_MS });
  };

  it('answers one outcome per event, in their order', async () => {
    receiver.answer = ({ body }) => (body.includes('bad') ? 400 : 204);
    const keys = Array.from({ length: 25 }, (_, index) =>
      index % 3 === 1 ? `bad-${index}` : `good-${index}`,
    );
    const outcomes = (await deliver(keys))?.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(keys.map((key) => (key.startsWith('bad') ? 'rejected' : 'delivered')));
  });

  it('answers with nothing for nothing', async () => {
    expect(await deliver([])).toEqual([]);
  });
});
