import type { ResolvedResource } from '../cloudformation/resolve-template.ts';

/** The resolved resources of the template by logical id. */
export type Resources = ReadonlyMap<string, ResolvedResource>;

export const ofType = (resources: Resources, type: string): ResolvedResource[] =>
  [...resources.values()].filter((resource) => resource.type === type);
