import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASSEMBLY_DIR } from '../harness/assembly.ts';

export interface Resource {
  readonly id: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever was synthesized
  readonly properties: any;
}

export const fromAssembly = (file: string) => JSON.parse(readFileSync(join(ASSEMBLY_DIR, file), 'utf8'));

export const template = fromAssembly('Crossdock.template.json');

export const resources: readonly Resource[] = Object.entries<{ Type: string; Properties?: object }>(
  template.Resources,
).map(([id, { Type, Properties = {} }]) => ({ id, type: Type, properties: Properties }));

export const ofType = (type: string): readonly Resource[] =>
  resources.filter((resource) => resource.type === type);

/** The logical id that a `Ref` or `Fn::GetAtt` names; `undefined` for a literal and anything else. */
export const referred = (value: unknown): string | undefined => {
  const reference = (typeof value === 'object' ? value : undefined) as
    | { readonly Ref?: string; readonly 'Fn::GetAtt'?: readonly string[] }
    | undefined;
  return reference?.Ref ?? reference?.['Fn::GetAtt']?.[0];
};

/** @throws Error when `reference` names no resource of the template */
export const resourceAt = (reference: unknown): Resource => {
  const found = resources.find(({ id }) => id === referred(reference));
  if (!found) throw new Error(`No resource at ${JSON.stringify(reference)}`);
  return found;
};

export const functions = ofType('AWS::Lambda::Function');

/** The folder below `functions/` that a function was made from. */
export const folderOf = ({ properties }: Resource): string =>
  properties.Environment.Variables.POWERTOOLS_SERVICE_NAME;

export const mappings = ofType('AWS::Lambda::EventSourceMapping').map((mapping) => ({
  ...mapping,
  source: resourceAt(mapping.properties.EventSourceArn),
  target: resourceAt(mapping.properties.FunctionName),
}));

export const idsOf = (found: readonly Resource[]): readonly string[] => found.map(({ id }) => id);

/** Every string value below `value`, with the path that leads to it. */
export const stringsIn = (value: unknown, path = ''): readonly (readonly [string, string])[] => {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => stringsIn(inner, `${path}/${name}`));
};
