import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, DescribeKeyCommand, KMSClient, RotateKeyOnDemandCommand } from '@aws-sdk/client-kms';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGION } from '../../local/cloud/options.ts';
import { ofType } from '../../local/cloud/template-resources.ts';
import { checkInvariants } from '../../local/invariants/check.ts';
import { type Api, startApi } from '../api/start-api.ts';
import { connectWebhook } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { engineClient } from '../harness/stored.ts';
import { until } from '../harness/until.ts';

const kmsCalls: { readonly operation: string; readonly caller: string }[] = [];
let api: Api;
let receiver: Receiver;
let kms: KMSClient;
beforeAll(async () => {
  [api, receiver] = await Promise.all([
    startApi({ onKmsCall: (call) => kmsCalls.push(call) }),
    startReceiver(),
  ]);
  kms = new KMSClient({
    endpoint: api.cloud.cloud.engines.kms.endpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  kms.destroy();
  await Promise.all([api.stop(), receiver.close()]);
});

const resource = (type: string, id: string) =>
  ofType(api.cloud.cloud.resources, type).find(({ logicalId }) => logicalId.startsWith(id));
const keyId = () => resource('AWS::KMS::Key', 'StorageKey')?.arn;
const fire = () => api.cloud.cloud.schedules.fire(resource('AWS::Events::Rule', 'Rewrap')?.logicalId ?? '');

/** The context of an item of the secrets table, restated from its key. */
const contextOf = ({ pk, sk }: Record<string, unknown>): Record<string, string> => {
  const [, tenant_id = '', kind, id = ''] = String(pk).split('#');
  if (kind === 'P') return { tenant_id, provider: id, purpose: 'provider_credentials' };
  return {
    tenant_id,
    connection_id: id,
    purpose: sk === 'tokens' ? 'oauth_tokens' : 'connection_secrets',
  };
};

/** Whether each data key that is stored is under the key's current material. */
const areCurrent = async (): Promise<readonly boolean[]> => {
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId() }));
  const { client, table } = engineClient(api.cloud.cloud);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: table('Secrets') }));
  client.destroy();
  return Promise.all(
    Items.map(async (stored) => {
      const item = unmarshall(stored);
      const CiphertextBlob: Uint8Array = item['wrapped_key'] ?? item['sealed'].wrapped_key;
      const opened = await kms.send(
        new DecryptCommand({ CiphertextBlob, EncryptionContext: contextOf(item) }),
      );
      return opened.KeyMaterialId === KeyMetadata?.CurrentKeyMaterialId;
    }),
  );
};

describe('a rotation of the key', () => {
  it('is followed by a rewrap that an operator starts and the schedule brings to its end', async () => {
    const webhook = await connectWebhook(api.cloud, receiver.url);
    const { headers } = await api.newTenant();
    const state = await api.beginConnect(headers);
    await api.call('GET', `/connect/hubspot/callback?code=any&state=${state}`);
    await kms.send(new RotateKeyOnDemandCommand({ KeyId: keyId() }));
    expect(await areCurrent()).toEqual([false, false, false]);

    const note = 'The key was rotated';
    const started = await api.call('POST', '/admin/rewraps', { body: { note } });
    expect(started.json).toMatchObject({ state: 'running', note, counts: { rewrapped: 0 } });
    const path = `/admin/rewraps/${started.json.rewrap_id}`;
    const show = async () => (await api.call('GET', path)).json;
    kmsCalls.length = 0;
    await fire();
    expect(await show()).toMatchObject({ state: 'running', counts: { rewrapped: 3 } });
    await fire();
    expect(await show()).toMatchObject({ state: 'done', counts: { rewrapped: 3, overtaken: 0, failed: 0 } });
    expect(new Set(kmsCalls.map(({ operation }) => operation))).toEqual(new Set(['ReEncrypt']));
    expect(await areCurrent()).toEqual([true, true, true]);

    await api.publish(webhook.headers, companyUpdated('after'));
    await until('it arrives', () => receiver.requests.length === 1);
    const [{ body, headers: signed } = { body: '', headers: {} }] = receiver.requests;
    new Webhook(webhook.signingSecret).verify(body, signed as Record<string, string>);
    expect(await checkInvariants(api.cloud.cloud)).toEqual([]);
  });
});
