import type { Denied } from '../../local/iam/denial.ts';
import { runPermissionsScenario } from '../../local/permissions-scenario.ts';
import { bootTemplate, type Template } from './booted.ts';

/** One try: resolves when everything is done and stopped, and rejects when something else than a refusal goes wrong. */
export type Run = (onDenied: (denied: Denied) => void, signal: AbortSignal) => Promise<void>;

const RUNS_MAX = 3;
const LINES_SHOWN = 10;

const once = async (run: Run): Promise<Denied | 'finished' | Error> => {
  const abort = new AbortController();
  let first: Denied | undefined;
  const onDenied = (denied: Denied) => {
    first ??= denied;
    abort.abort();
  };
  try {
    await run(onDenied, abort.signal);
    return first ?? 'finished';
  } catch (error) {
    return first ?? (error instanceof Error ? error : new Error(String(error)));
  }
};

/**
 * The first refusal that a run meets, even one that comes while it stops. A run that fails without one says nothing
 * about permissions, so it is made again; one that finishes without one is an answer.
 */
export const firstDenial = async (run: Run): Promise<Denied | Error> => {
  let last = new Error('never run');
  for (let runs = 0; runs < RUNS_MAX; runs += 1) {
    const found = await once(run);
    if (found === 'finished') return new Error('nothing was refused');
    if (!(found instanceof Error)) return found;
    last = found;
  }
  return new Error(`${RUNS_MAX} runs failed without a refusal, the last with ${last.message}`, {
    cause: last,
  });
};

/** The scenario on a template; a failure comes with what was logged last. */
export const scenarioOn =
  (template: Template): Run =>
  async (onDenied, signal) => {
    const lines: string[] = [];
    const onLog = ({ functionName, line }: { functionName: string; line: string }) =>
      lines.push(`${functionName} ${line}`);
    try {
      const booted = await bootTemplate(template, { onDenied, onLog });
      await runPermissionsScenario(booted.target, signal).finally(booted.stop);
    } catch (error) {
      throw new Error([error, ...lines.slice(-LINES_SHOWN)].map(String).join('\n'), { cause: error });
    }
  };
