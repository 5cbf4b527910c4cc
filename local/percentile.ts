/**
 * The smallest of `values` that at least `percent` (0 to 100) of them do not exceed: nearest rank, never a value that
 * was not measured. NaN when there are none.
 */
export const percentile = (values: readonly number[], percent: number): number => {
  const rank = Math.max(1, Math.ceil((percent / 100) * values.length));
  return values.toSorted((a, b) => a - b)[rank - 1] ?? Number.NaN;
};
