import { readAssembly } from '../cloudformation/assembly.ts';
import { resolveTemplate } from '../cloudformation/resolve-template.ts';
import { httpApiRoutes } from '../http-api/from-template.ts';
import { startHttpApi } from '../http-api/server.ts';
import type { AccessControl } from '../iam/access-control.ts';
import type { LocalFunction } from '../lambda/function.ts';
import type { Schedules } from '../schedules/schedules.ts';
import { makeExpiries } from '../ttl/expiries.ts';
import { expiringTables } from '../ttl/expiring-table.ts';
import { type Sweeping, startSweeping } from '../ttl/sweep.ts';
import { type Engines, startServices, startTables } from './engines.ts';
import { killWorker, startFaultWire } from './fault-wire.ts';
import { startFunctions } from './functions.ts';
import { startIdentities } from './identities.ts';
import { invokeByGateway } from './invoke-by-gateway.ts';
import { ACCOUNT, type CloudOptions, REGION } from './options.ts';
import { assertMappingsAllowed, showDenied, withLogAccess } from './platform-access.ts';
import { ensureQueuesAndKeys, ensureTablesOf } from './resources.ts';
import { startTemplateSchedules } from './schedules.ts';
import { type Sources, startSources } from './sources.ts';
import { makeStops, type Stops } from './stops.ts';
import { ofType, type Resources } from './template-resources.ts';

export interface Cloud {
  /** Base URL of the HTTP API. */
  readonly url: string;
  readonly resources: Resources;
  readonly engines: Engines;
  /** By ARN. */
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly sources: Sources;
  /** What each role allowed and refused so far. */
  readonly usage: AccessControl['usage'];
  /** Deletes items that have expired, every minute and on demand. */
  readonly expiry: Sweeping;
  readonly schedules: Schedules;
  /** Stops the API first, then what it feeds: a batch in flight is finished, and what was acknowledged is on disk. */
  readonly stop: () => Promise<void>;
}

const start = async (options: CloudOptions, stops: Stops): Promise<Cloud> => {
  const { clock } = options;
  const onDenied = showDenied(options);
  const { access, gate, sts } = await startIdentities(options, onDenied, stops);
  const assembly = readAssembly(options.assemblyDir);
  const services = await startServices(options, gate, stops);
  const wire = await startFaultWire(
    options,
    () => engines,
    (worker) => killWorker(functions, worker),
    stops,
  );
  const queueUrl = (name: string) => {
    const url = services.sqs.url(name);
    return wire?.queueUrl(url) ?? url;
  };
  const { resources } = resolveTemplate(assembly.template, {
    stackName: assembly.stackName,
    region: REGION,
    account: ACCOUNT,
    parameters: options.parameters,
    queueUrl,
    // Only the stack's outputs name it; who needs the address that the system chose asks for `url`.
    apiUrl: () => `http://127.0.0.1:${options.port}`,
  });
  access.load(resources);
  ensureQueuesAndKeys(resources, services);
  const engines = { ...services, sts, ...(await startTables(options, resources, gate, stops)) };
  const tables = await ensureTablesOf(resources, engines.dynamodb.endpoint);
  const reached = { engines, wire };
  const functions = startFunctions(resources, assembly, reached, withLogAccess(resources, access, options));
  stops.add(async () => {
    await Promise.all([...functions.values()].map((each) => each.close()));
  });
  const expiries = makeExpiries();
  assertMappingsAllowed(resources, access);
  const sources = startSources(resources, { engines, functions, tables, options, expiries }, stops);
  const expiry = startSweeping({
    endpoint: engines.dynamodb.endpoint,
    tables: expiringTables(ofType(resources, 'AWS::DynamoDB::Table')),
    clock,
    expiries,
    onLog: (line) => options.onLog?.({ functionName: 'time to live', line }),
  });
  stops.add(expiry.stop);
  const invoke = invokeByGateway(resources, functions, onDenied);
  const place = { port: options.port, account: ACCOUNT, region: REGION };
  const api = await startHttpApi({ ...httpApiRoutes(resources), ...place, clock, invoke });
  stops.add(api.close);
  const schedules = startTemplateSchedules(
    resources,
    { engines, functions, access, options, onDenied },
    stops,
  );
  const { usage } = access;
  return { url: api.url, resources, engines, functions, sources, expiry, schedules, usage, stop: stops.run };
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
