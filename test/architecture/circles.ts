import { targetOf } from './import-rules.ts';
import { importsOf } from './imports.ts';
import type { ProjectFile } from './project.ts';

/** Files that import one another in a circle, types included, each circle once as the path that closes it. */
export const circles = (files: readonly ProjectFile[]): readonly string[] => {
  const graph = new Map(
    files.map(({ path, text }) => [
      path,
      importsOf(text).flatMap(({ specifier }) => targetOf(path, specifier ?? '') ?? []),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
};
