import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface ProjectFile {
  /** From the project's root, with `/` between names. */
  readonly path: string;
  readonly text: string;
}

export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const ignoredFolders = new Set([
  '.git',
  ...textOf('.gitignore')
    .split('\n')
    .filter((line) => line.endsWith('/'))
    .map((line) => line.slice(0, -1)),
]);

const pathsBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ignoredFolders.has(entry.name) ? [] : pathsBelow(path);
    return entry.isFile() ? [relative(ROOT, path).replaceAll('\\', '/')] : [];
  });

/** Everything of the project that is kept in git, or would be. */
export const projectFiles: readonly ProjectFile[] = pathsBelow(ROOT)
  .filter((path) => !path.endsWith('.log'))
  .sort()
  .map((path) => ({ path, text: textOf(path) }));

const sourceFolders = ['contracts', 'functions', 'lib', 'local', 'bin', 'bench'];

const isCode = ({ path }: ProjectFile) => path.endsWith('.ts');
const inFolders = (folders: readonly string[]) => (file: ProjectFile) =>
  folders.some((folder) => file.path.startsWith(`${folder}/`));

/** The code that is deployed, synthesizes or runs the product. */
export const sources: readonly ProjectFile[] = projectFiles.filter(isCode).filter(inFolders(sourceFolders));

export const tests: readonly ProjectFile[] = projectFiles.filter(isCode).filter(inFolders(['test']));

export const packageJson = JSON.parse(textOf('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
};
