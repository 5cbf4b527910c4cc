import type { Grant } from './evaluate.ts';
import type { Role } from './roles.ts';

/** One action of one statement on one of its resources, and whether it was ever needed. */
export interface GrantUsage {
  readonly place: string;
  readonly action: string;
  readonly resource: string;
  readonly used: boolean;
}

export interface RoleUsage {
  /** The function that runs under the role, or the name of a role that functions assume. */
  readonly holder: string;
  readonly granted: readonly GrantUsage[];
}

/** Tells one grant from all others of its role. */
export const grantKey = ({ statement, action, resource }: Grant): string =>
  JSON.stringify([statement.place, action.text, resource.text]);

/** What of a role's grants is among the `used` keys. */
export const usageOf = (holder: string, role: Role, used: ReadonlySet<string>): RoleUsage => ({
  holder,
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
});
