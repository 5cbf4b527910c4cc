import { isHandler } from './areas.ts';
import type { ProjectFile } from './project.ts';
import { dotted, isNode, lineAt, nodesOf, type SyntaxNode } from './syntax.ts';

export const FUNCTION_LINES_MAX = 60;

export const linesOf = ({ text }: ProjectFile): number =>
  text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

const linesMax = (path: string): number => {
  if (isHandler(path)) return 60;
  return path.startsWith('test/') ? 400 : 300;
};

export const sizeFaults = (file: ProjectFile): readonly string[] => {
  const [lines, max] = [linesOf(file), linesMax(file.path)];
  return lines > max ? [`${file.path}: ${lines} lines, at most ${max}`] : [];
};

const bodied = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Functions and methods that are too long to be read at once. */
export const lengthFaults = ({ path, text }: ProjectFile): readonly string[] =>
  nodesOf(text)
    .filter(({ type }) => bodied.has(type))
    .map((node) => ({ from: lineAt(text, node.start), to: lineAt(text, node.end) }))
    .filter(({ from, to }) => to - from + 1 > FUNCTION_LINES_MAX)
    .map(({ from, to }) => `${path}:${from}: a function of ${to - from + 1} lines`);

const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const emptyWord = /^(?:utils?|helpers?|common|managers?|services?|base|misc)$/;

/** Names that are not kebab-case, or that say nothing: a word such as `utils`, alone or at the end. */
export const nameFaults = ({ path }: ProjectFile): readonly string[] =>
  path
    .split('/')
    .map((name) => name.replace(/(?:\.(?:test|config|live|d))?\.[a-z]+$/, ''))
    .flatMap((name) => {
      if (!kebab.test(name)) return [`${path}: ${name} is not kebab-case`];
      return emptyWord.test(name.split('-').at(-1) ?? '') ? [`${path}: ${name} says nothing`] : [];
    });

const isCall = (node: SyntaxNode, type: 'CallExpression' | 'NewExpression', callee: string) =>
  node.type === type && dotted(node['callee']) === callee;

const isDoubleCast = (node: SyntaxNode) => {
  const inner = node['expression'];
  const through = isNode(inner) && inner.type === 'TSAsExpression' ? inner['typeAnnotation'] : undefined;
  return node.type === 'TSAsExpression' && isNode(through) && through.type === 'TSUnknownKeyword';
};

/** How often a text casts through `unknown`, past all that the compiler knows. */
export const doubleCasts = (text: string): number => nodesOf(text).filter(isDoubleCast).length;

interface CodeRule {
  readonly says: string;
  readonly governs: (path: string) => boolean;
  readonly breaks: (node: SyntaxNode) => boolean;
}

const inFunctions = (path: string) => path.startsWith('functions/');
const readsEnvironment = (path: string) => /^functions\/platform\/(?:env\.ts$|aws\/)/.test(path);
/** Where the network is: destinations, and AWS with the credentials that end by the clock. */
const ownsNetwork = (path: string) => /^functions\/platform\/(?:egress|aws)\//.test(path);
/** Code that is given its clock, its chance and its network. */
const isPure = (path: string) => inFunctions(path) && !isHandler(path) && !ownsNetwork(path);

const codeRules: readonly CodeRule[] = [
  {
    says: 'reads the environment',
    governs: (path) => inFunctions(path) && !readsEnvironment(path),
    breaks: (node) =>
      dotted(node) === 'process.env' ||
      (node.type === 'ImportDeclaration' &&
        isNode(node['source']) &&
        node['source']['value'] === 'node:process'),
  },
  {
    says: 'reads the clock',
    governs: isPure,
    breaks: (node) =>
      dotted(node) === 'Date.now' ||
      dotted(node) === 'performance.now' ||
      (isCall(node, 'NewExpression', 'Date') && (node['arguments'] as unknown[]).length === 0),
  },
  { says: 'throws dice', governs: isPure, breaks: (node) => dotted(node) === 'Math.random' },
  { says: 'fetches', governs: isPure, breaks: (node) => isCall(node, 'CallExpression', 'fetch') },
  {
    says: 'prints',
    governs: (path) => inFunctions(path) || path.startsWith('lib/'),
    breaks: (node) => node.type === 'MemberExpression' && dotted(node['object']) === 'console',
  },
  {
    says: 'says any',
    governs: (path) => !path.startsWith('test/'),
    breaks: ({ type }) => type === 'TSAnyKeyword',
  },
];

/** What the code of one file does that its place forbids. */
export const codeFaults = ({ path, text }: ProjectFile): readonly string[] => {
  const rules = codeRules.filter(({ governs }) => governs(path));
  return nodesOf(text).flatMap((node) =>
    rules
      .filter(({ breaks }) => breaks(node))
      .map(({ says }) => `${path}:${lineAt(text, node.start)}: ${says}`),
  );
};

// Each expression is written so that it does not find itself.
const textRules: readonly (readonly [RegExp, string])[] = [
  [/\b(?:TO[D]O|FIX[M]E)\b/, 'leaves work behind'],
  [/registry\.npmjs\.org/, 'names a download host'],
  [/(?<![\w.~-])\/(?:work|root|home|Users)\/\w/, 'names a path of one machine'],
];

/** Words that no file of the project may hold. */
export const textFaults = ({ path, text }: ProjectFile): readonly string[] =>
  textRules.flatMap(([pattern, says]) => {
    const at = pattern.exec(text)?.index;
    return at === undefined ? [] : [`${path}:${lineAt(text, at)}: ${says}`];
  });
