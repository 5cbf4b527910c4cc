import type * as z from 'zod';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** A place in a schema; an absent schema accepts anything, as `true` does. */
export type SchemaNode = JsonSchema | boolean | undefined;

const asSchema = (node: SchemaNode): JsonSchema => {
  if (node === false) return { not: {} };
  return typeof node === 'object' ? node : {};
};

const unescaped = (segment: string) => segment.replaceAll('~1', '/').replaceAll('~0', '~');

const isObject = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;

const target = (root: JsonSchema, reference: string): JsonSchema => {
  const [start, ...segments] = reference.split('/').map(unescaped);
  const found = segments.reduce<unknown>(
    (node, segment) => (isObject(node) ? node[segment] : undefined),
    root,
  );
  if (start !== '#' || !isObject(found)) throw new Error(`${reference} leads nowhere in this schema`);
  return found;
};

/**
 * The shapes that `node` accepts: references followed within `root`, unions and lists of types opened, so that each
 * shape has at most one type. Throws on a reference that does not resolve.
 */
export const alternatives = (root: JsonSchema, node: SchemaNode): JsonSchema[] => {
  const { $ref, oneOf, anyOf, ...own } = asSchema(node);
  if ($ref !== undefined) return alternatives(root, { ...target(root, $ref), ...own });
  const branches = oneOf ?? anyOf;
  if (branches !== undefined) return branches.flatMap((branch) => alternatives(root, { ...own, ...branch }));
  return Array.isArray(own.type) ? own.type.map((type) => ({ ...own, type })) : [own];
};

/** The only values that a shape accepts, or undefined when it does not list them. */
export const valuesOf = (shape: SchemaNode): readonly unknown[] | undefined => {
  const { const: only, enum: listed } = asSchema(shape);
  return only === undefined ? listed : [only];
};

/** `name=value` of the property that tells a shape from its siblings, or the shape's type. */
export const labelOf = (shape: JsonSchema): string => {
  for (const [name, property] of Object.entries(shape.properties ?? {})) {
    const values = valuesOf(property);
    if (values?.length === 1) return `${name}=${String(values[0])}`;
  }
  return String(shape.type ?? 'any');
};
