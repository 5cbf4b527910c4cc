import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface Page {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
  /** The text without fenced code, in which `#` and `[]` mean other things. */
  readonly prose: string;
}

export const pageAt = (path: string): Page => {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, text, prose: text.replace(/^```.*?^```/gms, '') };
};

export const docs: readonly Page[] = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .sort()
  .map((file) => pageAt(`docs/${file.replaceAll('\\', '/')}`));

export const pages: readonly Page[] = [pageAt('README.md'), pageAt('CHANGELOG.md'), ...docs];

/** The name by which a heading is linked, as GitHub makes it. */
const slugOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

const anchorsOf = ({ prose }: Page): readonly string[] => {
  const slugs = [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => slugOf(heading));
  return slugs.map((slug, at) => {
    const before = slugs.slice(0, at).filter((other) => other === slug).length;
    return before === 0 ? slug : `${slug}-${before}`;
  });
};

/** The cells of every table row, the rulers apart. */
export const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const targetsOf = ({ prose }: Page) =>
  [...prose.replace(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);

/** The links of a page that lead nowhere. Addresses elsewhere are not asked. */
export const brokenLinks = (page: Page): readonly string[] =>
  targetsOf(page)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? page.path : posix.join(posix.dirname(page.path), file);
      if (!existsSync(join(root, path))) return true;
      return anchor !== undefined && !(path.endsWith('.md') && anchorsOf(pageAt(path)).includes(anchor));
    })
    .map((target) => `${page.path}: ${target}`);

/** What a reader would type: code spans and fenced blocks. */
export const codeOf = ({ text }: Page): readonly string[] =>
  [...text.matchAll(/^```.*?^```|`[^`\n]+`/gms)].map(([code]) => code);
