import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readAssembly } from '../../local/cloudformation/assembly.ts';
import { ASSEMBLY_DIR } from '../harness/assembly.ts';

const KB = 1000;
const WORKER_BYTES_MAX = 450 * KB;
const API_BYTES_MAX = 365 * KB;
// They alone of the API hold both AWS clients, the HTTP client and what gets tokens; a person waits for them, rarely.
const TOKENS_BYTES_MAX = 380 * KB;

const Template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() })),
});
const FunctionProperties = z.object({
  Code: z.object({ S3Key: z.string() }),
  Environment: z.object({ Variables: z.object({ POWERTOOLS_SERVICE_NAME: z.string() }) }),
});
const Metafile = z.object({ inputs: z.record(z.string(), z.unknown()) });

const assembly = readAssembly(ASSEMBLY_DIR);
const root = join(import.meta.dirname, '../..');

/** The files that esbuild read for a bundle, relative to the project. */
const inputsOf = (folder: string): string[] => {
  const text = readFileSync(join(root, 'build/bundles', folder, 'index.meta.json'), 'utf8');
  return Object.keys(Metafile.parse(JSON.parse(text)).inputs);
};

const bundles = Object.values(Template.parse(assembly.template).Resources)
  .filter(({ Type }) => Type === 'AWS::Lambda::Function')
  .map(({ Properties }) => {
    const { Code, Environment } = FunctionProperties.parse(Properties);
    const directory = assembly.assetDirectory(Code.S3Key);
    const folder = Environment.Variables.POWERTOOLS_SERVICE_NAME;
    return { folder, directory };
  });

const WORKERS = ['connections/rewrap', 'outbound/deliver', 'outbound/dispatch', 'outbound/sweep'];
const GET_TOKENS = ['connections/connect', 'connections/check'];
const getsTokens = ({ folder }: { readonly folder: string }) => GET_TOKENS.includes(folder);
const isWorker = ({ folder }: { readonly folder: string }) => WORKERS.includes(folder);
const bytesOf = (directory: string) => statSync(join(directory, 'index.mjs')).size;

describe('the bundle', () => {
  it('is there for each function of the template', () => {
    const folders = bundles.map(({ folder }) => folder);
    const api = [
      'api/authorize',
      'api/catalogue',
      ...GET_TOKENS,
      'connections/manage',
      'connections/revoke',
      'connections/rewraps',
      'outbound/outcome',
      'outbound/publish',
    ];
    expect(folders).toEqual(expect.arrayContaining([...WORKERS, ...api]));
  });

  it.each(bundles.filter(isWorker))('of the worker $folder has at most 450 KB', ({ directory }) => {
    expect(bytesOf(directory)).toBeLessThanOrEqual(WORKER_BYTES_MAX);
  });

  it.each(bundles.filter(getsTokens))(
    'of $folder, which asks vendors for tokens too, has at most 380 KB',
    ({ directory }) => {
      expect(bytesOf(directory)).toBeLessThanOrEqual(TOKENS_BYTES_MAX);
    },
  );

  it.each(bundles.filter((one) => !isWorker(one) && !getsTokens(one)))(
    'of $folder, for whose cold start a caller waits, has at most 365 KB',
    ({ directory }) => {
      expect(bytesOf(directory)).toBeLessThanOrEqual(API_BYTES_MAX);
    },
  );

  it.each(bundles)('of $folder is deployed alone, without source map or metafile', ({ directory }) => {
    expect(readdirSync(directory)).toEqual(['index.mjs']);
  });
});

describe('nothing goes to production that has no business there', () => {
  it.each(bundles)('$folder has in it only our contracts, our functions and packages', ({ folder }) => {
    const strangers = inputsOf(folder).filter((path) => !/^(contracts|functions|node_modules)\//.test(path));
    expect(strangers).toEqual([]);
  });

  it.each(bundles)('$folder has no credential chain and no tracer in it', ({ folder }) => {
    const refused = /node_modules\/@aws-(sdk\/credential-provider-(?!env\/)|lambda-powertools\/tracer\/)/;
    expect(inputsOf(folder).filter((path) => refused.test(path))).toEqual([]);
  });
});
