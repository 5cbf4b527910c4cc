// These arrays are sets, so the order in which a schema's fields were written must not show.
const SETS = new Set(['required', 'enum']);

/** `value` with the keys of every object in order, and the sets of a JSON Schema too, so that diffs stay small. */
export const sorted = <T>(value: T): T => sortedIn(value) as T;

const sortedIn = (value: unknown, keyword?: string): unknown => {
  if (Array.isArray(value)) {
    const items = value.map((item) => sortedIn(item));
    return keyword !== undefined && SETS.has(keyword) ? items.sort() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortedIn(inner, key)]));
};

/** Whether two JSON values say the same, whatever the order of their keys. */
export const same = (a: unknown, b: unknown): boolean =>
  JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

const LINE_WIDTH = 110;

/** JSON as the formatter of this repository prints it: two spaces, and lists of plain values on one line if they fit. */
export const printed = (value: unknown): string => {
  const onOneLine = (whole: string, start: string, items: string, comma: string) => {
    const line = `${start}[${items.trim().replaceAll(/\n\s*/g, ' ')}]${comma}`;
    return line.length > LINE_WIDTH ? whole : line;
  };
  const text = JSON.stringify(value, null, 2);
  return `${text.replaceAll(/^( *(?:".*": )?)\[\n([^[\]{}]+?)\n *\](,?)$/gm, onOneLine)}\n`;
};
