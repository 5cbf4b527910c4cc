import { alternatives, type JsonSchema, labelOf, type SchemaNode, valuesOf } from './alternatives.ts';
import { narrowings, typeNarrowing } from './narrowing.ts';

export type { JsonSchema } from './alternatives.ts';

export interface BreakingChange {
  /** Names of properties joined by `/`; `*` stands for the items of an array or the unnamed properties of an object. */
  readonly path: string;
  readonly change: 'removed' | 'narrowed' | 'newly_required';
  readonly detail: string;
}

interface Comparison {
  readonly released: JsonSchema;
  readonly current: JsonSchema;
  /** The pairs that are being compared, so that a schema that contains itself comes to an end. */
  readonly open: Map<SchemaNode, Set<SchemaNode>>;
}

/**
 * What a sender that knows `released` would meet as a refusal or a loss under `current`; empty when the change is
 * additive. Both are JSON Schemas of draft 2020-12 as zod writes them. Throws on a reference that does not resolve.
 */
export const breakingChanges = (released: JsonSchema, current: JsonSchema): BreakingChange[] =>
  compare({ released, current, open: new Map() }, released, current, '');

/** One line per change, for people. */
export const describeChanges = (changes: readonly BreakingChange[]): string =>
  changes.map(({ path, change, detail }) => `${change} ${path || '(root)'}: ${detail}`).join('\n');

const compare = (run: Comparison, before: SchemaNode, after: SchemaNode, path: string): BreakingChange[] => {
  const against = run.open.get(before) ?? new Set();
  if (against.has(after)) return [];
  run.open.set(before, against.add(after));
  const changes = compareUnions(
    run,
    alternatives(run.released, before),
    alternatives(run.current, after),
    path,
  );
  against.delete(after);
  return changes;
};

const compareUnions = (
  run: Comparison,
  before: readonly JsonSchema[],
  after: readonly JsonSchema[],
  path: string,
): BreakingChange[] =>
  before.flatMap((shape) => {
    const isSingle = before.length === 1 && after.length === 1;
    const candidates = isSingle ? after : after.filter((other) => isCounterpart(shape, other));
    const at = before.length > 1 && shape.type === 'object' ? `${path}(${labelOf(shape)})` : path;
    const changes = candidates.map((other) => compareShapes(run, shape, other, at));
    return changes.sort((a, b) => a.length - b.length)[0] ?? [gone(shape, at)];
  });

/** Whether `other` can be what became of `shape`: a type in common, and no property that tells the two apart. */
const isCounterpart = (shape: JsonSchema, other: JsonSchema): boolean => {
  if (typeNarrowing(shape, other) !== undefined && typeNarrowing(other, shape) !== undefined) return false;
  return Object.entries(shape.properties ?? {}).every(([name, property]) => {
    const [were, are] = [valuesOf(property), valuesOf(other.properties?.[name])];
    return were === undefined || are === undefined || were.some((value) => are.includes(value));
  });
};

const gone = (shape: JsonSchema, path: string): BreakingChange =>
  shape.type === 'object'
    ? { path, change: 'removed', detail: `the variant ${labelOf(shape)} is gone` }
    : { path, change: 'narrowed', detail: `${labelOf(shape)} is no longer accepted` };

const compareShapes = (
  run: Comparison,
  before: JsonSchema,
  after: JsonSchema,
  path: string,
): BreakingChange[] => {
  const ofType = typeNarrowing(before, after);
  // Under another type every keyword would differ as well; saying so would bury the one cause.
  if (ofType !== undefined) return [{ path, change: 'narrowed', detail: ofType }];
  return [
    ...narrowings(before, after).map((detail) => ({ path, change: 'narrowed', detail }) as const),
    ...compareProperties(run, before, after, path),
    ...newlyRequired(before, after, path),
    ...compareUnnamed(run, before, after, path),
    ...compare(run, before.propertyNames, after.propertyNames, join(path, '(names)')),
    ...compareItems(run, before, after, path),
    ...partsOf(after).flatMap((part, index) => compare(run, partsOf(before)[index], part, path)),
  ];
};

// Parts that are a mere pattern are compared as values, in any order.
const isPattern = (part: JsonSchema) => Object.keys(part).every((keyword) => keyword === 'pattern');
const partsOf = (shape: JsonSchema) => (shape.allOf ?? []).filter((part) => !isPattern(part));

const join = (path: string, segment: string) => (path === '' ? segment : `${path}/${segment}`);

const compareProperties = (run: Comparison, before: JsonSchema, after: JsonSchema, path: string) =>
  Object.entries(before.properties ?? {}).flatMap(([name, property]): BreakingChange[] => {
    const at = join(path, name);
    const heir = after.properties?.[name];
    if (heir !== undefined) return compare(run, property, heir, at);
    return [{ path: at, change: 'removed', detail: 'the property is gone' }];
  });

const newlyRequired = (before: JsonSchema, after: JsonSchema, path: string): BreakingChange[] =>
  (after.required ?? [])
    .filter((name) => !before.required?.includes(name))
    .map((name) => ({
      path: join(path, name),
      change: 'newly_required',
      detail: before.properties?.[name] === undefined ? 'is new and required' : 'was optional, is required',
    }));

const compareUnnamed = (run: Comparison, before: JsonSchema, after: JsonSchema, path: string) => {
  const [were, are] = [before.additionalProperties, after.additionalProperties];
  if (were === false) return [];
  const at = join(path, '*');
  if (are !== false) return compare(run, were, are, at);
  return [{ path: at, change: 'narrowed' as const, detail: 'unknown properties are no longer accepted' }];
};

const compareItems = (run: Comparison, before: JsonSchema, after: JsonSchema, path: string) => {
  const [were, are] = [before.items, after.items].map((items) => (Array.isArray(items) ? undefined : items));
  return compare(run, were, are, join(path, '*'));
};
