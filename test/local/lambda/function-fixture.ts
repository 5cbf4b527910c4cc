import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { systemClock } from '../../../local/clock.ts';
import { createFunction, type LocalFunction } from '../../../local/lambda/function.ts';
import type { FunctionLogLine, FunctionOptions, Invocation } from '../../../local/lambda/function-options.ts';

export const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:000000000000:function:sample';

export interface FunctionUnderTest {
  readonly fn: LocalFunction;
  readonly lines: FunctionLogLine[];
  readonly invocations: Invocation[];
  /** Resolves when the function has written a line that contains `text`. */
  readonly logged: (text: string) => Promise<FunctionLogLine>;
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A directory with one `index.mjs`, removed after the test. */
export const bundle = (source: string, fileName = 'index.mjs'): string => {
  const directory = mkdtempSync(join(tmpdir(), 'function-'));
  writeFileSync(join(directory, fileName), source);
  cleanups.push(() => rmSync(directory, { recursive: true }));
  return directory;
};

/** A function made of `source`, closed after the test. */
export const functionOf = (source: string, overrides: Partial<FunctionOptions> = {}): FunctionUnderTest => {
  const lines: FunctionLogLine[] = [];
  const invocations: Invocation[] = [];
  const waiting = new Set<() => void>();
  const fn = createFunction({
    name: 'sample',
    arn: FUNCTION_ARN,
    directory: bundle(source),
    handler: 'index.handler',
    timeoutSeconds: 20,
    memoryMb: 128,
    environment: {},
    clock: systemClock,
    onLog(line) {
      lines.push(line);
      for (const look of waiting) look();
    },
    onInvoke: (invocation) => invocations.push(invocation),
    ...overrides,
  });
  cleanups.push(() => fn.close());
  const logged = (text: string): Promise<FunctionLogLine> =>
    new Promise((resolve) => {
      const look = () => {
        const found = lines.find(({ line }) => line.includes(text));
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { fn, lines, invocations, logged };
};
