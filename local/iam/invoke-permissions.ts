import { compilePattern, type Pattern } from './pattern.ts';
import type { Resources } from './roles.ts';

interface InvokePermission {
  readonly functionNameOrArn: string;
  readonly source: Pattern | undefined;
}

const NO_CONTEXT = new Map<string, readonly string[]>();
const READ = new Set(['Action', 'FunctionName', 'Principal', 'SourceArn']);

const permissionsOf = (resources: Resources, service: string): InvokePermission[] =>
  [...resources.values()]
    .filter(({ type }) => type === 'AWS::Lambda::Permission')
    .flatMap(({ logicalId, properties }) => {
      const other = Object.keys(properties).find((name) => !READ.has(name));
      if (other !== undefined) throw new Error(`${logicalId}: ${other} is not supported`);
      if (properties['Principal'] !== service || properties['Action'] !== 'lambda:InvokeFunction') return [];
      const { SourceArn } = properties as { readonly SourceArn?: string };
      const source = SourceArn === undefined ? undefined : compilePattern(SourceArn, logicalId);
      return [{ functionNameOrArn: String(properties['FunctionName']), source }];
    });

/** Whether the template lets a service invoke a function for what `sourceArn` names: a route, an authorizer or a rule. */
export const serviceMayInvoke = (resources: Resources, service: string) => {
  const permissions = permissionsOf(resources, service);
  return (functionArn: string, sourceArn: string): boolean =>
    permissions.some(
      ({ functionNameOrArn, source }) =>
        (functionNameOrArn === functionArn || functionArn.endsWith(`:function:${functionNameOrArn}`)) &&
        (source === undefined || source.matches(sourceArn, NO_CONTEXT)),
    );
};
