import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromAssembly } from './template.ts';

interface Report {
  readonly pluginName: string;
  readonly conclusion: string;
  readonly violations: readonly unknown[];
  readonly suppressedViolations: readonly {
    readonly acknowledgedId: string;
    readonly acknowledgedAt: string;
    readonly reason: string;
  }[];
}

const reports: readonly Report[] = fromAssembly('validation-report.json').pluginReports;
const acknowledged = reports.flatMap(({ suppressedViolations }) => suppressedViolations);

describe('cdk-nag', () => {
  it('has looked at the stack with both packs and left nothing open', () => {
    expect(reports.map(({ pluginName }) => pluginName)).toEqual(
      expect.arrayContaining(['AwsSolutions', 'Serverless']),
    );
    for (const { conclusion, violations } of reports) {
      expect(conclusion).toBe('success');
      expect(violations).toEqual([]);
    }
  });

  it('has heard a reason for each finding that stands', () => {
    expect(acknowledged).not.toEqual([]);
    expect(acknowledged.filter(({ reason }) => reason.length < 20)).toEqual([]);
  });

  it('is answered for the whole stack in two matters only', () => {
    const everywhere = acknowledged.filter(({ acknowledgedAt }) => acknowledgedAt === 'Crossdock');
    expect(everywhere.map(({ acknowledgedId }) => acknowledgedId).toSorted()).toEqual([
      'Serverless::Serverless-LambdaDLQ',
      'Serverless::Serverless-LambdaTracing',
    ]);
  });

  it('stops a synth with a finding that nobody acknowledged', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'unacknowledged-'));
    const app = join(import.meta.dirname, 'unacknowledged-app.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [app, outdir], { encoding: 'utf8' });
    rmSync(outdir, { recursive: true, force: true });
    expect(stdout + stderr).toContain('AwsSolutions-SNS3');
    expect(status).not.toBe(0);
  });
});
