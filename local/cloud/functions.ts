import type { Assembly } from '../cloudformation/assembly.ts';
import type { ResolvedResource } from '../cloudformation/resolve-template.ts';
import { faultyFunction } from '../faults/invoke-faults.ts';
import type { Wire } from '../faults/wire.ts';
import { endpointVariables, environmentVariables } from '../lambda/environment-variables.ts';
import { createFunction, type LocalFunction } from '../lambda/function.ts';
import type { Engines } from './engines.ts';
import { type CloudOptions, REGION } from './options.ts';
import { ofType, type Resources } from './template-resources.ts';

interface FunctionProperties {
  readonly Code: { readonly S3Key: string };
  readonly Handler: string;
  readonly Timeout?: number;
  readonly MemorySize?: number;
  readonly ReservedConcurrentExecutions?: number;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
}

/** What functions can reach; with a wire, everything goes over it. */
export interface Reached {
  readonly engines: Engines;
  readonly wire: Wire | undefined;
}

/** The endpoints that tell the wire which environment calls. */
const wiredVariables = (wire: Wire, functionName: string) => (environmentId: string) => {
  const worker = { functionName, environmentId };
  return endpointVariables({
    dynamodb: wire.endpoint('dynamodb', worker),
    sqs: wire.endpoint('sqs', worker),
    kms: wire.endpoint('kms', worker),
    sts: wire.endpoint('sts', worker),
  });
};

const start = (
  resource: ResolvedResource,
  assembly: Assembly,
  { engines, wire }: Reached,
  options: CloudOptions,
): LocalFunction => {
  // What CDK wrote for AWS::Lambda::Function.
  const properties = resource.properties as unknown as FunctionProperties;
  const directory = assembly.assetDirectory(properties.Code.S3Key);
  const name = resource.physicalName;
  const memoryMb = properties.MemorySize ?? 128;
  const { ReservedConcurrentExecutions: reservedConcurrency } = properties;
  const as = `/as/${name}`;
  const target = createFunction({
    name,
    arn: resource.arn ?? name,
    directory,
    handler: properties.Handler,
    timeoutSeconds: properties.Timeout ?? 3,
    memoryMb,
    environment: environmentVariables({
      functionName: name,
      memoryMb,
      handler: properties.Handler,
      region: REGION,
      variables: properties.Environment?.Variables ?? {},
      endpoints: {
        dynamodb: `${engines.gateway.endpoint}${as}`,
        sqs: `${engines.sqs.endpoint}${as}`,
        kms: `${engines.kms.endpoint}${as}`,
        sts: `${engines.sts.endpoint}${as}`,
      },
      taskRoot: directory,
    }),
    clock: options.clock,
    ...(wire ? { variablesOf: wiredVariables(wire, name) } : {}),
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    ...(options.onLog ? { onLog: options.onLog } : {}),
    ...(options.onInvoke ? { onInvoke: options.onInvoke } : {}),
  });
  return options.faults ? faultyFunction(target, options.faults) : target;
};

/** The template's functions by ARN, each with the bundle that CDK built for it. */
export const startFunctions = (
  resources: Resources,
  assembly: Assembly,
  reached: Reached,
  options: CloudOptions,
): ReadonlyMap<string, LocalFunction> => {
  const functions = ofType(resources, 'AWS::Lambda::Function').map((resource) =>
    start(resource, assembly, reached, options),
  );
  return new Map(functions.map((started) => [started.arn, started]));
};
