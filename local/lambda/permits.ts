export interface Permits {
  /** Resolves true with a permit, in order of asking, or false when the permits were closed first. */
  readonly acquire: () => Promise<boolean>;
  readonly release: () => void;
  /** Turns away everyone who waits and everyone who comes later. */
  readonly close: () => void;
}

/** A counting semaphore: at most `permitsMax` holders at a time, first come, first served. */
export const createPermits = (permitsMax: number): Permits => {
  const waiting: ((granted: boolean) => void)[] = [];
  let free = permitsMax;
  let closed = false;
  return {
    acquire() {
      if (closed) return Promise.resolve(false);
      if (free > 0) {
        free -= 1;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    release() {
      const next = waiting.shift();
      if (next) next(true);
      else free += 1;
    },
    close() {
      closed = true;
      for (const turnAway of waiting.splice(0)) turnAway(false);
    },
  };
};
