import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap } from '#local/sqs/heap.ts';

interface Item {
  key: number;
}

const drained = (heap: Heap<Item>): number[] => {
  const keys: number[] = [];
  for (let item = heap.peek(); item; item = heap.peek()) {
    keys.push(item.key);
    heap.delete(item);
  }
  return keys;
};

describe('the heap', () => {
  it('gives any items in order, after any of them were re-keyed or deleted', () => {
    const change = fc.record({
      at: fc.nat(),
      key: fc.option(fc.integer({ min: -50, max: 50 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1 }),
        fc.array(change),
        (keys, changes) => {
          const heap = new Heap<Item>((a, b) => a.key - b.key);
          const items = new Set(keys.map((key): Item => ({ key })));
          for (const item of items) heap.set(item);
          const all = [...items];
          for (const { at, key } of changes) {
            const item = all[at % all.length];
            if (!item) continue;
            if (key === undefined) expect(heap.delete(item)).toBe(items.delete(item));
            else {
              item.key = key;
              items.add(item);
              heap.set(item);
            }
          }
          expect(heap.size).toBe(items.size);
          expect(drained(heap)).toEqual([...items].map((item) => item.key).sort((a, b) => a - b));
        },
      ),
    );
  });

  it('knows what it holds, and nothing after clear', () => {
    const heap = new Heap<Item>((a, b) => a.key - b.key);
    const item = { key: 1 };
    heap.set(item);
    expect(heap.has(item)).toBe(true);
    heap.clear();
    expect([heap.has(item), heap.size, heap.peek()]).toEqual([false, 0, undefined]);
  });
});
