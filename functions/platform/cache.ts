interface Entry<T> {
  readonly value: Promise<T>;
  readonly untilMs: number;
}

/**
 * Remembers what `load` gave for a key, for `ttlMs`, at most `entriesMax` of them; callers at the same instant share
 * one load, and a failed load is forgotten.
 */
export const makeCache = <T>(options: {
  readonly ttlMs: number;
  readonly entriesMax: number;
  readonly now: () => number;
}) => {
  const entries = new Map<string, Entry<T>>();
  return (key: string, load: () => Promise<T>): Promise<T> => {
    const found = entries.get(key);
    if (found && found.untilMs > options.now()) return found.value;
    const value = load();
    value.catch(() => {
      // By now a later load may stand under the key.
      if (entries.get(key)?.value === value) entries.delete(key);
    });
    entries.delete(key);
    entries.set(key, { value, untilMs: options.now() + options.ttlMs });
    const [oldest] = entries.keys();
    if (entries.size > options.entriesMax && oldest !== undefined) entries.delete(oldest);
    return value;
  };
};
