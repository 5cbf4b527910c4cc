const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/**
 * Reads the answer of a function that reports batch item failures: the identifiers that failed, or `all`.
 * An answer that Lambda cannot make sense of fails the whole batch; only a missing or empty list is a full success.
 */
export const failedItems = (
  payload: unknown,
  identifiers: ReadonlySet<string>,
): ReadonlySet<string> | 'all' => {
  const failed = new Set<string>();
  if (payload === null || payload === undefined) return failed;
  if (!isObject(payload)) return 'all';
  const failures = payload['batchItemFailures'];
  if (failures === null || failures === undefined) return failed;
  if (!Array.isArray(failures)) return 'all';
  for (const failure of failures) {
    const identifier = isObject(failure) ? failure['itemIdentifier'] : undefined;
    if (typeof identifier !== 'string' || !identifiers.has(identifier)) return 'all';
    failed.add(identifier);
  }
  return failed;
};
