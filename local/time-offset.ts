/** By how many milliseconds the clock to which `offset` belongs is ahead of real time, in whatever thread that is asked. */
export const offsetMsOf = (offset: SharedArrayBuffer): number =>
  Number(Atomics.load(new BigInt64Array(offset), 0));
