import * as z from 'zod';

/** What an authorizer function decided. A policy is kept whole, because a cached one is judged again for every route. */
export interface AuthorizerAnswer {
  readonly allows: (routeArn: string) => boolean;
  /** What the route's function gets under `requestContext.authorizer.lambda`. */
  readonly context: unknown;
}

const Context = z.record(z.string(), z.unknown()).nullish();

const SimpleAnswer = z.object({ isAuthorized: z.boolean(), context: Context });

const textOrList = z.union([z.string().transform((text) => [text]), z.array(z.string())]);

// A condition or an inverted element cannot be judged here; refusing it is better than ignoring what it restricts.
const Statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: textOrList,
  Resource: textOrList,
});
type Statement = z.infer<typeof Statement>;

const PolicyAnswer = z.object({
  principalId: z.string(),
  policyDocument: z.object({
    Version: z.string().optional(),
    Statement: z.union([Statement.transform((statement) => [statement]), z.array(Statement).min(1)]),
  }),
  context: Context,
});

const globMatches = (pattern: string, text: string, flags: string): boolean => {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, `s${flags}`).test(text);
};

const concerns = ({ Action, Resource }: Statement, routeArn: string): boolean =>
  Action.some((pattern) => globMatches(pattern, 'execute-api:Invoke', 'i')) &&
  Resource.some((pattern) => globMatches(pattern, routeArn, ''));

/** Reads what an authorizer function returned, in the format that the authorizer is set to; undefined when it is malformed. */
export const readAuthorizerAnswer = (
  payload: unknown,
  simpleResponses: boolean,
): AuthorizerAnswer | undefined => {
  if (simpleResponses) {
    const { success, data } = SimpleAnswer.safeParse(payload);
    return success ? { allows: () => data.isAuthorized, context: data.context ?? null } : undefined;
  }
  const { success, data } = PolicyAnswer.safeParse(payload);
  if (!success) return undefined;
  const statements = data.policyDocument.Statement;
  return {
    allows(routeArn) {
      const effects = statements
        .filter((statement) => concerns(statement, routeArn))
        .map(({ Effect }) => Effect);
      return effects.includes('Allow') && !effects.includes('Deny');
    },
    context: data.context ?? null,
  };
};
