import { createServer } from 'node:net';
import { readAssembly } from '../cloudformation/assembly.ts';
import { resolveTemplate } from '../cloudformation/resolve-template.ts';
import { httpApiRoutes } from '../http-api/from-template.ts';
import { startHttpApi } from '../http-api/server.ts';
import type { LocalFunction } from '../lambda/function.ts';
import { type Engines, startServices, startTables } from './engines.ts';
import { startFunctions } from './functions.ts';
import { ACCOUNT, type CloudOptions, REGION } from './options.ts';
import { ensureQueuesAndKeys, ensureTablesOf, type Resources } from './resources.ts';
import { type Sources, startSources } from './sources.ts';
import { makeStops, type Stops } from './stops.ts';

export interface Cloud {
  /** Base URL of the HTTP API. */
  readonly url: string;
  readonly resources: Resources;
  readonly engines: Engines;
  /** By ARN. */
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly sources: Sources;
  /** Stops the API first, then what it feeds: a batch in flight is finished, and what was acknowledged is on disk. */
  readonly stop: () => Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const start = async (options: CloudOptions, stops: Stops): Promise<Cloud> => {
  const { clock } = options;
  const port = options.port === 0 ? await freePort() : options.port;
  const assembly = readAssembly(options.assemblyDir);
  const services = await startServices(options, stops);
  const { resources } = resolveTemplate(assembly.template, {
    stackName: assembly.stackName,
    region: REGION,
    account: ACCOUNT,
    parameters: options.parameters,
    queueUrl: services.sqs.url,
    apiUrl: () => `http://127.0.0.1:${port}`,
  });
  ensureQueuesAndKeys(resources, services);
  const engines = { ...services, ...(await startTables(options, stops)) };
  const tables = await ensureTablesOf(resources, engines.dynamodb.endpoint);
  const functions = startFunctions(resources, assembly, engines, options);
  stops.add(async () => {
    await Promise.all([...functions.values()].map((each) => each.close()));
  });
  const sources = startSources(resources, { engines, functions, tables, options }, stops);
  const invoke = async (functionArn: string, event: unknown) => {
    const target = functions.get(functionArn);
    if (!target)
      throw new Error(`A route names the function ${functionArn}, which the template does not have`);
    return target.invoke(event);
  };
  const api = await startHttpApi({
    ...httpApiRoutes(resources),
    port,
    account: ACCOUNT,
    region: REGION,
    clock,
    invoke,
  });
  stops.add(api.close);
  return { url: api.url, resources, engines, functions, sources, stop: stops.run };
};

/**
 * Starts the synthesized template on this machine.
 * @throws what a part of it threw, with everything that had been started stopped again; EADDRINUSE for a port in use
 */
export const boot = async (options: CloudOptions): Promise<Cloud> => {
  const stops = makeStops();
  try {
    return await start(options, stops);
  } catch (error) {
    await stops.run().catch(() => {});
    throw error;
  }
};
