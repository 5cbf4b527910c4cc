import type { Pattern } from './pattern.ts';
import type { RequestContext } from './request-context.ts';
import { holds, type Statement } from './statement.ts';

/** A statement that names the action and, variables aside, the resource. */
export interface Candidate {
  readonly statement: Statement;
  readonly action: Pattern;
  readonly resources: readonly Pattern[];
}

/** An Allow that let a request pass, and the action and resource by which it did. */
export interface Grant {
  readonly statement: Statement;
  readonly action: Pattern;
  readonly resource: Pattern;
}

export interface Verdict {
  readonly allowedBy: readonly Grant[];
  readonly deniedBy: Statement | undefined;
}

const NO_CONTEXT: RequestContext = new Map();

/** The statements that may decide about an action on a resource, whatever the request's context. */
export const candidatesFor = (
  statements: readonly Statement[],
  action: string,
  resource: string,
): readonly Candidate[] =>
  statements.flatMap((statement) => {
    const resources = statement.resources.filter(
      (pattern) => pattern.varies || pattern.matches(resource, NO_CONTEXT),
    );
    if (resources.length === 0) return [];
    return statement.actions
      .filter((pattern) => pattern.matches(action, NO_CONTEXT))
      .map((pattern) => ({ statement, action: pattern, resources }));
  });

/** Whether the context cannot change what these candidates say. */
export const isSettled = (candidates: readonly Candidate[]): boolean =>
  candidates.every(
    ({ statement, resources }) =>
      statement.conditions.length === 0 && !resources.some(({ varies }) => varies),
  );

const grantsOf = (
  { statement, action, resources }: Candidate,
  resource: string,
  context: RequestContext,
): Grant[] =>
  holds(statement, context)
    ? resources
        .filter((pattern) => !pattern.varies || pattern.matches(resource, context))
        .map((pattern) => ({ statement, action, resource: pattern }))
    : [];

/** What the candidates say about one request. A Deny among them outweighs every Allow. */
export const weigh = (
  candidates: readonly Candidate[],
  resource: string,
  context: RequestContext,
): Verdict => {
  const matching = candidates.flatMap((candidate) => grantsOf(candidate, resource, context));
  const deniedBy = matching.find(({ statement }) => statement.effect === 'Deny')?.statement;
  return { deniedBy, allowedBy: deniedBy ? [] : matching };
};
