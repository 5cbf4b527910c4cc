import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '../local/cloud/boot.ts';
import { ofType } from '../local/cloud/template-resources.ts';
import { readAssembly } from '../local/cloudformation/assembly.ts';

export interface DeployedFunction {
  /** The physical name, by which the cloud reports its calls. */
  readonly name: string;
  /** Its folder under `functions/`. */
  readonly folder: string;
  readonly memoryMb: number;
  readonly bundleBytes: number;
}

interface Properties {
  readonly MemorySize?: number;
  readonly Code: { readonly S3Key: string };
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
}

/** The functions of a running cloud as its template in `assemblyDir` has them. */
export const deployedFunctions = (
  { resources }: Pick<Cloud, 'resources'>,
  assemblyDir: string,
): DeployedFunction[] => {
  const assembly = readAssembly(assemblyDir);
  return ofType(resources, 'AWS::Lambda::Function').map(({ physicalName, properties }) => {
    // What CDK wrote for AWS::Lambda::Function.
    const { MemorySize, Code, Environment } = properties as unknown as Properties;
    return {
      name: physicalName,
      folder: Environment?.Variables?.['POWERTOOLS_SERVICE_NAME'] ?? physicalName,
      memoryMb: MemorySize ?? 128,
      bundleBytes: statSync(join(assembly.assetDirectory(Code.S3Key), 'index.mjs')).size,
    };
  });
};
