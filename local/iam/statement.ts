import { type Condition, compileConditions } from './conditions.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import type { RequestContext } from './request-context.ts';

/** One compiled statement of a policy. */
export interface Statement {
  /** Where it stands, such as `DispatchRoleDefaultPolicy statement 3`. */
  readonly place: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly Pattern[];
  readonly resources: readonly Pattern[];
  readonly conditions: readonly Condition[];
  /** As it stands in the template; only resource policies have it. */
  readonly principal: unknown;
  readonly document: object;
}

const KNOWN = new Set(['Action', 'Condition', 'Effect', 'Principal', 'Resource', 'Sid']);

const patternsOf = (value: unknown, place: string, anyCase = false): Pattern[] => {
  const texts = [value ?? []].flat();
  if (texts.length === 0) throw new Error(`${place}: an action and a resource are required`);
  return texts.map((text) => compilePattern(String(text), place, anyCase));
};

// The policy of a role says who may assume it, and names no resource.
const resourceOf = (named: unknown, own: string | undefined, place: string): unknown => {
  if (own !== undefined && named !== undefined) throw new Error(`${place}: Resource is not allowed here`);
  return own ?? named;
};

const compileStatement = (raw: unknown, place: string, own: string | undefined): Statement => {
  const document: Readonly<Record<string, unknown>> = Object(raw);
  const unknown = Object.keys(document).find((member) => !KNOWN.has(member));
  if (unknown !== undefined) throw new Error(`${place}: ${unknown} is not supported`);
  const effect = document['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`${place}: Effect must be Allow or Deny`);
  return {
    place,
    effect,
    actions: patternsOf(document['Action'], place, true),
    resources: patternsOf(resourceOf(document['Resource'], own, place), place),
    conditions: compileConditions(document['Condition'], place),
    principal: document['Principal'],
    document,
  };
};

const VARIABLES_SINCE = '2012-10-17';

/**
 * Compiles a policy document whose intrinsics are resolved. `own` is the resource of statements that name none, as
 * those that say who may assume a role.
 * @throws Error, which names `place` and the statement, for anything that is not evaluated here
 */
export const compilePolicy = (document: unknown, place: string, own?: string): readonly Statement[] => {
  const { Statement: statements, Version }: Readonly<Record<string, unknown>> = Object(document);
  if (Version !== VARIABLES_SINCE && JSON.stringify(statements ?? []).includes('${'))
    throw new Error(`${place}: AWS knows policy variables only in a policy of Version ${VARIABLES_SINCE}`);
  return [statements ?? []]
    .flat()
    .map((statement, index) => compileStatement(statement, `${place} statement ${index + 1}`, own));
};

/** Whether all conditions of a statement hold. */
export const holds = ({ conditions }: Statement, context: RequestContext): boolean =>
  conditions.every((condition) => condition(context));
