import { describe, expect, it } from 'vitest';
import { readTemplate, type Template } from './booted.ts';
import { firstDenial, scenarioOn } from './first-denial.ts';

const AT_ONCE = 4;

interface Grant {
  readonly policyId: string;
  readonly statement: number;
  readonly action: string;
  readonly resource: number;
}

const listed = <T>(value: T | readonly T[]): readonly T[] => [value].flat() as readonly T[];

const grants: readonly Grant[] = Object.entries(readTemplate().Resources)
  .filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
  .flatMap(([policyId, { Properties }]) =>
    (
      Properties.PolicyDocument.Statement as readonly { Action: string | string[]; Resource: unknown }[]
    ).flatMap(({ Action, Resource }, statement) =>
      listed(Action).flatMap((action) =>
        listed(Resource).map((_, resource) => ({ policyId, statement, action, resource })),
      ),
    ),
  );

/** The template without one action on one resource: the rest of the statement stays. */
const without = ({ policyId, statement, action, resource }: Grant): Template => {
  const template = readTemplate();
  const { PolicyDocument } = template.Resources[policyId]?.Properties ?? {};
  const [whole] = PolicyDocument.Statement.splice(statement, 1);
  const otherActions = listed<string>(whole.Action).filter((one) => one !== action);
  const otherResources = listed<unknown>(whole.Resource).filter((_, index) => index !== resource);
  if (otherActions.length > 0) PolicyDocument.Statement.push({ ...whole, Action: otherActions });
  if (otherResources.length > 0)
    PolicyDocument.Statement.push({ ...whole, Action: action, Resource: otherResources });
  return template;
};

/** Under a role a function runs, or takes it on for a tenant. */
const functionOf = ({ policyId }: Grant): string => {
  const { Resources } = readTemplate();
  const role = Resources[policyId]?.Properties.Roles[0].Ref;
  const [functionId] =
    Object.entries(Resources).find(
      ([, { Type, Properties }]) =>
        Type === 'AWS::Lambda::Function' &&
        [Properties.Role, Properties.Environment?.Variables.TENANT_ROLE_ARN].some(
          (one) => one?.['Fn::GetAtt'][0] === role,
        ),
    ) ?? [];
  return `Crossdock-${functionId}`;
};

const denialOf = async (grant: Grant): Promise<string> => {
  const found = await firstDenial(scenarioOn(without(grant)));
  return found instanceof Error ? String(found) : `${found.functionName} ${found.action}`;
};

/** What each template leads to, a few at a time. */
const denialsOf = async (all: readonly Grant[]): Promise<readonly string[]> => {
  const found: string[] = [];
  const waiting = [...all.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) found[next[0]] = await denialOf(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
};

describe('a permission that is taken away', () => {
  it('is missed at once, by its action and its function, whichever it is', async () => {
    expect(grants.length).toBeGreaterThan(30);
    const missed = grants.map((grant) => `${functionOf(grant)} ${grant.action}`);
    expect(await denialsOf(grants)).toEqual(missed);
    // Some fifty boots: half a minute on an idle machine, many times that on one whose cores are wanted elsewhere.
  }, 600_000);
});
