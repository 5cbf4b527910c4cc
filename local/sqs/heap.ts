/** A binary heap that also finds, moves and deletes any item it holds in O(log n): nothing stale ever stays in it. */
export class Heap<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #items: T[] = [];
  readonly #positions = new Map<T, number>();

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  has(item: T): boolean {
    return this.#positions.has(item);
  }

  /** The smallest item, left in place. */
  peek(): T | undefined {
    return this.#items[0];
  }

  /** Adds `item`, or moves it to its place after its sort key changed. */
  set(item: T): void {
    const position = this.#positions.get(item) ?? this.#items.length;
    this.#place(item, position);
    this.#sink(item, this.#rise(item, position));
  }

  /** Takes `item` out; answers whether it was there. */
  delete(item: T): boolean {
    const position = this.#positions.get(item);
    if (position === undefined) return false;
    this.#positions.delete(item);
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#place(last, position);
      this.#sink(last, this.#rise(last, position));
    }
    return true;
  }

  clear(): void {
    this.#items.length = 0;
    this.#positions.clear();
  }

  #place(item: T, position: number): void {
    this.#items[position] = item;
    this.#positions.set(item, position);
  }

  #rise(item: T, from: number): number {
    let position = from;
    while (position > 0) {
      const parentPosition = (position - 1) >> 1;
      const parent = this.#items[parentPosition];
      if (parent === undefined || this.#compare(parent, item) <= 0) break;
      this.#place(parent, position);
      position = parentPosition;
    }
    if (position !== from) this.#place(item, position);
    return position;
  }

  #sink(item: T, from: number): void {
    let position = from;
    for (
      let child = this.#smallerChild(position);
      child !== undefined;
      child = this.#smallerChild(position)
    ) {
      const value = this.#items[child];
      if (value === undefined || this.#compare(item, value) <= 0) break;
      this.#place(value, position);
      position = child;
    }
    if (position !== from) this.#place(item, position);
  }

  #smallerChild(position: number): number | undefined {
    const leftPosition = 2 * position + 1;
    const left = this.#items[leftPosition];
    const right = this.#items[leftPosition + 1];
    if (left === undefined) return undefined;
    return right !== undefined && this.#compare(right, left) < 0 ? leftPosition + 1 : leftPosition;
  }
}
