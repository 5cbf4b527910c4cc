import type { Denied } from './denial.ts';
import type { Grant } from './evaluate.ts';
import type { FunctionRole } from './roles.ts';

/** One action of one statement on one of its resources, and whether it was ever needed. */
export interface GrantUsage {
  readonly place: string;
  readonly action: string;
  readonly resource: string;
  readonly used: boolean;
}

export interface FunctionUsage {
  readonly functionName: string;
  readonly granted: readonly GrantUsage[];
  /** Each kind of refusal once. */
  readonly denied: readonly Denied[];
}

/** Tells one grant from all others of its role. */
export const grantKey = ({ statement, action, resource }: Grant): string =>
  JSON.stringify([statement.place, action.text, resource.text]);

/** What of a role's grants is among the `used` keys. */
export const usageOf = (
  role: FunctionRole,
  used: ReadonlySet<string>,
  denials: readonly Denied[],
): FunctionUsage => ({
  functionName: role.functionName,
  granted: role.statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap((statement) =>
      statement.actions.flatMap((action) =>
        statement.resources.map((resource) => ({
          place: statement.place,
          action: action.text,
          resource: resource.text,
          used: used.has(grantKey({ statement, action, resource })),
        })),
      ),
    ),
  denied: denials.filter(({ functionName }) => functionName === role.functionName),
});

const tableOf = (rows: readonly (readonly string[])[]): string[] => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

/** The report for a terminal: every grant of every function, whether it was used, and each refusal with its remedy. */
export const printUsage = (usage: readonly FunctionUsage[]): string =>
  usage
    .map(({ functionName, granted, denied }) => {
      const grants = granted.map(({ action, resource, used }) => [
        used ? '  used ' : '  NEVER',
        action,
        resource,
      ]);
      const refusals = denied.map(
        ({ action, resource, statement }) => `  DENIED ${action} ${resource}\n         ${statement}`,
      );
      return [functionName, ...tableOf(grants), ...refusals].join('\n');
    })
    .join('\n\n');
