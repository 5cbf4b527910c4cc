import { isBuiltin } from 'node:module';
import { dirname, posix } from 'node:path';
import { crossesConnectors, isHandler, mayImport } from './areas.ts';
import { defaultExportsOf, type Import, importsOf } from './imports.ts';
import { type ProjectFile, packageJson } from './project.ts';

/** What is installed for the product itself, and what for work on it. */
const shipped = new Set(Object.keys({ ...packageJson.dependencies, ...packageJson.optionalDependencies }));
const installed = new Set([...shipped, ...Object.keys(packageJson.devDependencies)]);

const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** The path from the project's root that a relative or `#` specifier names; `undefined` for packages and built-ins. */
export const targetOf = (importer: string, specifier: string): string | undefined => {
  if (specifier.startsWith('.')) return posix.join(dirname(importer), specifier);
  const [key, to] =
    Object.entries(packageJson.imports).find(([key]) => specifier.startsWith(key.replace('*', ''))) ?? [];
  if (key === undefined || to === undefined) return undefined;
  return posix.normalize(to.replace('*', specifier.slice(key.length - 1)));
};

const packageFault = (path: string, specifier: string, typesOnly: boolean): string | undefined => {
  if (path.startsWith('contracts/') && specifier !== 'zod')
    return `contracts import zod alone, not ${specifier}`;
  if (specifier.startsWith('node:') && isBuiltin(specifier)) return undefined;
  const name = packageOf(specifier);
  if (typesOnly && installed.has(`@types/${name}`)) return undefined;
  if (!installed.has(name)) return `${name} is not in package.json`;
  const deployed = !typesOnly && /^(contracts|functions|lib)\//.test(path);
  return deployed && !shipped.has(name) ? `${name} is a development dependency` : undefined;
};

const placeFault = (path: string, target: string, typesOnly: boolean): string | undefined => {
  if (isHandler(target)) return `nobody imports a handler, ${target}`;
  if (crossesConnectors(path, target)) return `a connector imports another, ${target}`;
  if (path.startsWith('test/') || mayImport(path, target, typesOnly)) return undefined;
  return `may not import ${target}${typesOnly ? '' : ' (values)'}`;
};

/** The local function runner loads bundles by the file name that the template gives. */
const mayCompute = new Set(['local/lambda/environment.ts']);

const importFault = (path: string, found: Import): string | undefined => {
  const { specifier, typesOnly, namespace } = found;
  if (specifier === undefined) return mayCompute.has(path) ? undefined : 'imports what no rule can read';
  const target = targetOf(path, specifier);
  if (target !== undefined) return placeFault(path, target, typesOnly);
  if (packageOf(specifier) === 'zod' && !typesOnly && (specifier !== 'zod' || namespace !== 'z'))
    return "zod is imported as import * as z from 'zod'";
  return packageFault(path, specifier, typesOnly);
};

/** What a file imports or exports against the rules of the house, one sentence each. */
export const importFaults = ({ path, text }: ProjectFile): readonly string[] => [
  ...importsOf(text).flatMap((found) => {
    const fault = importFault(path, found);
    return fault === undefined ? [] : [`${path}:${found.line}: ${fault}`];
  }),
  ...defaultExportsOf(text).map((line) => `${path}:${line}: exports a default`),
];
