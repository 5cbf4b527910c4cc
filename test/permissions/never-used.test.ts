import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Denied } from '../../local/iam/denial.ts';
import { permissionExceptions } from '../../local/permissions-exceptions.ts';
import { permissionFindings } from '../../local/permissions-findings.ts';
import { printFindings } from '../../local/permissions-report.ts';
import { runPermissionsScenario } from '../../local/permissions-scenario.ts';
import { bootTemplate, readTemplate } from './booted.ts';

describe('the roles of the template', () => {
  const denied: Denied[] = [];
  let booted: Awaited<ReturnType<typeof bootTemplate>>;
  beforeAll(async () => {
    booted = await bootTemplate(readTemplate(), { onDenied: (one) => denied.push(one) });
    await runPermissionsScenario(booted.target);
  });
  afterAll(() => booted.stop());

  const findings = () => permissionFindings(booted.cloud.usage(), denied, permissionExceptions);

  it('grant nothing that is never used, but for exceptions of which each is needed', () => {
    expect(findings().neverUsed).toEqual([]);
    expect(findings().needless).toEqual([]);
  });

  it('lack nothing that the scenario needs', () => {
    expect(denied).toEqual([]);
  });

  it('are all in the printed report', () => {
    const report = printFindings(findings());
    for (const { name } of booted.cloud.functions.values()) expect(report).toContain(name);
    expect(report).toContain('0 granted and never used, 0 denied');
  });
});
