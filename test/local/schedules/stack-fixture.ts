import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, type FunctionProps, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterEach } from 'vitest';
import { boot, type Cloud } from '../../../local/cloud/boot.ts';
import type { Denied } from '../../../local/iam/denial.ts';
import { type TravelClock, travelClock } from '../../../local/travel-clock.ts';

// It tells what it was given and when, and fails when it is told to.
const SOURCE = `export const handler = async (event, { awsRequestId: requestId }) => {
  console.log('RUN ' + JSON.stringify({ event, requestId, atMs: Date.now() }));
  if (event.fail) throw new Error('as told');
};`;

export interface Parts {
  readonly stack: Stack;
  readonly worker: LambdaFunction;
  readonly jobs: Queue;
  readonly deadLetters: Queue;
}

export interface Run {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever event came
  readonly event: any;
  readonly requestId: string;
  readonly atMs: number;
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'crossdock-schedules-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

/** Synthesizes a stack with a function, two queues, what `add` adds, and what a boot needs: an API and a key. */
export const synthesizeStack = (
  add: (parts: Parts) => void,
  functionProps: (deadLetters: Queue) => Partial<FunctionProps> = () => ({}),
): string => {
  const directory = temporaryDirectory();
  const [outdir, bundle] = [join(directory, 'out'), join(directory, 'bundle')];
  mkdirSync(bundle);
  writeFileSync(join(bundle, 'index.mjs'), SOURCE);
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Clockwork');
  const role = new Role(stack, 'WorkerRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  role.addToPolicy(new PolicyStatement({ actions, resources: ['*'] }));
  const deadLetters = new Queue(stack, 'DeadLetters');
  const worker = new LambdaFunction(stack, 'Worker', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(bundle),
    role,
    ...functionProps(deadLetters),
  });
  new HttpApi(stack, 'Api');
  new Key(stack, 'Key');
  add({ stack, worker, jobs: new Queue(stack, 'Jobs'), deadLetters });
  app.synth();
  return outdir;
};

export interface StackCloud {
  readonly clock: TravelClock;
  readonly cloud: Cloud;
  readonly runs: readonly Run[];
  readonly denied: readonly Denied[];
  readonly lines: readonly string[];
  /** The logical id that CDK made of a construct's id. */
  readonly idOf: (constructId: string) => string;
  /** The messages of a queue, by its construct's id. */
  readonly messages: (
    constructId: string,
  ) => ReturnType<NonNullable<ReturnType<Cloud['engines']['sqs']['queue']>>['peek']>;
  /** Stops the cloud, does something, and boots it again on the same data. */
  readonly restart: (whileDown?: () => Promise<void>) => Promise<void>;
}

/** Boots a synthesized stack on data of its own, on a clock that travels. */
export const bootStack = async (assemblyDir: string): Promise<StackCloud> => {
  const clock = travelClock();
  const dataDir = temporaryDirectory();
  const [runs, denied, lines]: [Run[], Denied[], string[]] = [[], [], []];
  const start = () =>
    boot({
      assemblyDir,
      dataDir,
      port: 0,
      parameters: {},
      clock,
      onDenied: (one) => denied.push(one),
      onLog({ line }) {
        if (line.startsWith('RUN ')) runs.push(JSON.parse(line.slice('RUN '.length)));
        else lines.push(line);
      },
    });
  let cloud = await start();
  cleanups.push(() => cloud.stop());
  const resourceOf = (constructId: string) => {
    const found = [...cloud.resources.values()].filter(({ logicalId }) =>
      new RegExp(`^${constructId}[0-9A-F]{8}$`).test(logicalId),
    );
    const [only, ...others] = found;
    if (!only || others.length > 0) throw new Error(`${found.length} resources are called ${constructId}`);
    return only;
  };
  return {
    clock,
    runs,
    denied,
    lines,
    get cloud() {
      return cloud;
    },
    idOf: (constructId) => resourceOf(constructId).logicalId,
    messages: (constructId) => cloud.engines.sqs.queue(resourceOf(constructId).physicalName)?.peek() ?? [],
    async restart(whileDown = async () => {}) {
      await cloud.stop();
      await whileDown();
      cloud = await start();
    },
  };
};
