import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SQSClient } from '@aws-sdk/client-sqs';
import { startServices, startTables } from '../../../local/cloud/engines.ts';
import { startIdentities } from '../../../local/cloud/identities.ts';
import { ensureQueuesAndKeys, ensureTablesOf } from '../../../local/cloud/resources.ts';
import { makeStops } from '../../../local/cloud/stops.ts';
import type { DynamoDbCall } from '../../../local/dynamodb/gateway.ts';
import type { Denied } from '../../../local/iam/denial.ts';
import { manualClock } from '../../../local/manual-clock.ts';
import { type Policies, resourcesWith } from '../iam/iam-setup.ts';

export const START_MS = Date.UTC(2030, 0, 1);
const REGION = 'eu-central-1';

/** What a caller signs with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface StsReply {
  readonly status: number;
  readonly type: string | null;
  readonly xml: string;
  /** The text of the first element of that name. */
  readonly text: (element: string) => string | undefined;
}

const FUNCTION_CREDENTIALS: Credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

const signed = ({ accessKeyId, sessionToken }: Credentials): Record<string, string> => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20300101/${REGION}/sts/aws4_request, SignedHeaders=host, Signature=0`,
  ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
});

/** Sends what an SDK would: a form, signed with these credentials. */
export const callSts = async (
  endpoint: string,
  form: Readonly<Record<string, string>>,
  credentials: Credentials = FUNCTION_CREDENTIALS,
): Promise<StsReply> => {
  const body = new URLSearchParams({ Version: '2011-06-15', ...form });
  const response = await fetch(endpoint, { method: 'POST', headers: signed(credentials), body });
  const xml = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    xml,
    text: (element) => new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1],
  };
};

/** The credentials in a reply of AssumeRole. */
export const credentialsIn = (reply: StsReply): Required<Credentials> => {
  const [accessKeyId, secretAccessKey, sessionToken] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map(
    reply.text,
  );
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw new Error(`No credentials in ${reply.xml}`);
  return { accessKeyId, secretAccessKey, sessionToken };
};

/** The services of the cloud on the resources of these policies, on a clock that stands still. */
export const startStsWorld = async (policies: Policies) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'crossdock-sts-'));
  const clock = manualClock(START_MS);
  const denied: Denied[] = [];
  const calls: DynamoDbCall[] = [];
  const stops = makeStops();
  const options = {
    assemblyDir: '',
    dataDir,
    port: 0,
    parameters: {},
    clock,
    onDynamoDbCall: (call: DynamoDbCall) => calls.push(call),
  };
  const { access, gate, sts } = await startIdentities(options, (one) => denied.push(one), stops);
  const resources = resourcesWith(policies);
  access.load(resources);
  const services = await startServices(options, gate, stops);
  ensureQueuesAndKeys(resources, services);
  const { dynamodb, gateway } = await startTables(options, resources, gate, stops);
  await ensureTablesOf(resources, dynamodb.endpoint);
  const settings = (endpoint: string, credentials: Credentials, as: string) => ({
    endpoint: as === '' ? endpoint : `${endpoint}/as/${as}`,
    region: REGION,
    credentials,
    maxAttempts: 1,
  });
  return {
    clock,
    denied,
    calls,
    sts: `${sts.endpoint}/as/worker`,
    stsOfNobody: sts.endpoint,
    stsOfStranger: `${sts.endpoint}/as/stranger`,
    queueUrl: services.sqs.url('jobs'),
    /** Clients that sign with these credentials, at the endpoints of `worker` or, with an empty name, of nobody. */
    clients: (credentials: Credentials = FUNCTION_CREDENTIALS, as = 'worker') => ({
      dynamodb: new DynamoDBClient(settings(gateway.endpoint, credentials, as)),
      kms: new KMSClient(settings(services.kms.endpoint, credentials, as)),
      sqs: new SQSClient(settings(services.sqs.endpoint, credentials, as)),
    }),
    stop: () => stops.run().finally(() => rmSync(dataDir, { recursive: true, force: true })),
  };
};

export type StsWorld = Awaited<ReturnType<typeof startStsWorld>>;
