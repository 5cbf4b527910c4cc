import type { Clock } from '../clock.ts';

/** What `task` resolves to, or undefined when it takes longer than `timeoutMs`; its late result is dropped. */
export const within = async <Value>(
  clock: Clock,
  timeoutMs: number,
  task: Promise<Value>,
): Promise<Value | undefined> => {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const cancel = clock.after(timeoutMs, () => resolve(undefined));
  try {
    return await Promise.race([task, late]);
  } finally {
    cancel();
  }
};
