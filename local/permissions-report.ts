import type { Denied } from './iam/denial.ts';
import type { RoleUsage } from './iam/usage.ts';
import type { PermissionFindings } from './permissions-findings.ts';

const table = (rows: readonly (readonly string[])[]): string[] => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

const holderOf = ({ assumedRole, functionName }: Denied): string => assumedRole ?? functionName;

const section = ({ holder, granted }: RoleUsage, denied: readonly Denied[]): string => {
  const grants = granted.map(({ action, resource, used }) => [
    used ? '  used ' : '  NEVER',
    action,
    resource,
  ]);
  const refusals = denied
    .filter((one) => holderOf(one) === holder)
    .map(({ action, resource, statement }) => `  DENIED ${action} ${resource}\n         ${statement}`);
  return [holder, ...table(grants), ...refusals].join('\n');
};

const summary = ({ neverUsed, denied, excused, needless, failure }: PermissionFindings): string =>
  [
    `${neverUsed.length} granted and never used, ${denied.length} denied, ${excused.length} excused.`,
    ...excused.map(({ holder, action, reason }) => `Excused: ${action} of ${holder}. ${reason}`),
    ...needless.map(({ holder, action }) => `The exception for ${action} of ${holder} excuses nothing.`),
    ...(failure === undefined ? [] : [`The scenario did not come to its end. ${failure}`]),
  ].join('\n');

/** The report for a terminal: every grant of every role, whether it was used, each refusal with its remedy, and the sum. */
export const printFindings = (findings: PermissionFindings): string => {
  const { roles, denied } = findings;
  const known = new Set(roles.map(({ holder }) => holder));
  const strangers = [...new Set(denied.map(holderOf))].filter((holder) => !known.has(holder));
  const all = [...roles, ...strangers.map((holder) => ({ holder, granted: [] }))];
  return [...all.map((role) => section(role, denied)), summary(findings)].join('\n\n');
};
