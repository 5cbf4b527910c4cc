import { parseAst } from 'vitest/node';

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** All syntax nodes of a TypeScript text, outer before inner. Rules that read nodes never trip over a comment or a string. */
export const nodesOf = (text: string): readonly SyntaxNode[] => {
  const found: SyntaxNode[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isNode(value)) found.push(value);
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(parseAst(text, { lang: 'ts' }));
  return found;
};

/** The line on which `offset` stands, from 1. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** A name, or the members of one: `process.env` for that expression, `''` for anything else. */
export const dotted = (value: unknown): string => {
  if (!isNode(value)) return '';
  if (value.type === 'Identifier') return String(value['name']);
  if (value.type !== 'MemberExpression') return '';
  const property = value['property'];
  const name = isNode(property) && property.type === 'Literal' ? property['value'] : dotted(property);
  return `${dotted(value['object'])}.${String(name)}`;
};
