import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Denied } from '../../local/iam/denial.ts';
import { printUsage } from '../../local/iam/usage.ts';
import { runPermissionsScenario } from '../../local/permissions-scenario.ts';
import { bootTemplate, readTemplate } from './booted.ts';

/** Grants that the scenario cannot use, as `action resource` with the reason. There is none, and there should be none. */
const exceptions: Readonly<Record<string, string>> = {};

describe('the roles of the template', () => {
  const denied: Denied[] = [];
  let booted: Awaited<ReturnType<typeof bootTemplate>>;
  beforeAll(async () => {
    booted = await bootTemplate(readTemplate(), { onDenied: (one) => denied.push(one) });
    await runPermissionsScenario(booted.target);
  });
  afterAll(() => booted.stop());

  it('grant nothing that is never used', () => {
    const neverUsed = booted.cloud
      .usage()
      .flatMap(({ functionName, granted }) =>
        granted
          .filter(({ used }) => !used)
          .map(({ action, resource }) => `${functionName}: ${action} ${resource}`),
      );
    expect(neverUsed).toEqual(Object.keys(exceptions));
  });

  it('lack nothing that the scenario needs', () => {
    expect(denied).toEqual([]);
    expect(booted.cloud.usage().flatMap((one) => one.denied)).toEqual([]);
  });

  it('are all in the printed report, none of it marked as never used', () => {
    const report = printUsage(booted.cloud.usage());
    for (const { name } of booted.cloud.functions.values()) expect(report).toContain(name);
    expect(report).not.toContain('NEVER');
    expect(report).not.toContain('DENIED');
  });
});
