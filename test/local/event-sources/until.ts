/**
 * Resolves when `condition` holds; the test's own timeout ends a wait that is in vain.
 * It looks between turns of the event loop only, never in the middle of a chain of promises.
 */
export const until = async (condition: () => boolean): Promise<void> => {
  do await new Promise((resolve) => setTimeout(resolve, 1));
  while (!condition());
};
