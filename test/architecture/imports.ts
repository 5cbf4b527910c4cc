import { isNode, lineAt, nodesOf, type SyntaxNode } from './syntax.ts';

export interface Import {
  /** `undefined` when it is computed and no rule can read it. */
  readonly specifier: string | undefined;
  /** Gone at run time: `import type`, `export type … from` or a type such as `import('x').Y`. */
  readonly typesOnly: boolean;
  /** The name of `import * as name`. */
  readonly namespace: string | undefined;
  readonly line: number;
}

const importing = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
  'TSExternalModuleReference',
]);

const isRequire = (node: SyntaxNode) =>
  node.type === 'CallExpression' && isNode(node['callee']) && node['callee']['name'] === 'require';

/** Where the specifier stands; `undefined` in an export without `from`. */
const sourceOf = (node: SyntaxNode): SyntaxNode | undefined => {
  if (isRequire(node)) return (node['arguments'] as SyntaxNode[])[0];
  const source = node['source'] ?? node['expression'];
  return isNode(source) ? source : undefined;
};

const namespaceOf = (node: SyntaxNode): string | undefined => {
  const specifiers = (node['specifiers'] ?? []) as SyntaxNode[];
  const star = specifiers.find(({ type }) => type === 'ImportNamespaceSpecifier')?.['local'];
  return isNode(star) ? String(star['name']) : undefined;
};

/** Every import of a TypeScript text, in whatever way it is written. */
export const importsOf = (text: string): readonly Import[] =>
  nodesOf(text).flatMap((node) => {
    if (!importing.has(node.type) && !isRequire(node)) return [];
    const source = sourceOf(node);
    if (!source) return [];
    const specifier = typeof source['value'] === 'string' ? source['value'] : undefined;
    const typesOnly =
      node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type';
    return [{ specifier, typesOnly, namespace: namespaceOf(node), line: lineAt(text, node.start) }];
  });

/** The lines on which a text exports a default. */
export const defaultExportsOf = (text: string): readonly number[] =>
  nodesOf(text)
    .filter((node) => {
      const exported = node['exported'];
      return (
        node.type === 'ExportDefaultDeclaration' ||
        node.type === 'TSExportAssignment' ||
        (node.type === 'ExportSpecifier' && isNode(exported) && exported['name'] === 'default')
      );
    })
    .map((node) => lineAt(text, node.start));
