import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

export interface Assembly {
  readonly stackName: string;
  /** The parsed template document, not yet checked or resolved. */
  readonly template: unknown;
  /** The path of the directory (or file) that CDK built for the asset with this S3 key. Throws for a key that is not an asset. */
  readonly assetDirectory: (s3Key: string) => string;
}

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .object({ templateFile: z.string().optional(), stackName: z.string().optional() })
        .optional(),
    }),
  ),
});

const Assets = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string().optional() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

const stacksOf = (cdkOutDir: string) =>
  Object.entries(Manifest.parse(readJson(join(cdkOutDir, 'manifest.json'))).artifacts).flatMap(
    ([artifactId, { type, properties }]) =>
      type === 'aws:cloudformation:stack' && properties?.templateFile !== undefined
        ? [
            {
              artifactId,
              stackName: properties.stackName ?? artifactId,
              templateFile: properties.templateFile,
            },
          ]
        : [],
  );

const chooseStack = (cdkOutDir: string, wanted: string | undefined) => {
  const stacks = stacksOf(cdkOutDir);
  const matching = stacks.filter(({ stackName }) => wanted === undefined || stackName === wanted);
  const [only, ...others] = matching;
  if (only && others.length === 0) return only;
  const found = stacks.map(({ stackName }) => stackName).join(', ') || 'none';
  throw new Error(`${cdkOutDir}: expected ${wanted ?? 'exactly one stack'}; the stacks here are: ${found}`);
};

const assetPaths = (cdkOutDir: string, artifactId: string): ReadonlyMap<string, string> => {
  const { files } = Assets.parse(readJson(join(cdkOutDir, `${artifactId}.assets.json`)));
  return new Map(
    Object.values(files).flatMap(({ source, destinations }) =>
      Object.values(destinations).flatMap(({ objectKey }): [string, string][] =>
        source.path === undefined ? [] : [[objectKey, join(cdkOutDir, source.path)]],
      ),
    ),
  );
};

/**
 * Reads the cloud assembly that `cdk synth` wrote: the stack called `stackName`, or the only one. Throws an Error when there is
 * no such stack or more than one, and the file system's own error when a file is missing.
 */
export const readAssembly = (cdkOutDir: string, stackName?: string): Assembly => {
  const stack = chooseStack(cdkOutDir, stackName);
  const paths = assetPaths(cdkOutDir, stack.artifactId);
  return {
    stackName: stack.stackName,
    template: readJson(join(cdkOutDir, stack.templateFile)),
    assetDirectory(s3Key) {
      const path = paths.get(s3Key);
      if (path === undefined)
        throw new Error(`${cdkOutDir}: no asset of ${stack.stackName} has the S3 key ${s3Key}`);
      return path;
    },
  };
};
