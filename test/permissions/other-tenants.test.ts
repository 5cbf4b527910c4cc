import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ofType } from '../../local/cloud/template-resources.ts';
import { makeAccessControl } from '../../local/iam/access-control.ts';
import type { Need } from '../../local/iam/request-context.ts';
import { assumableRoles } from '../../local/iam/roles.ts';
import { bootTemplate, readTemplate } from './booted.ts';

const ACCOUNT = '000000000000';
const [OWN, OTHER] = [randomUUID(), randomUUID()];

/** What a call of an action on a resource is judged by when it is about these tenants. */
const needOf = (action: string, resource: string, purpose: string, tenantIds: readonly string[]): Need => ({
  action,
  resource,
  context: action.startsWith('kms:')
    ? new Map([
        ['kms:EncryptionContext:purpose', [purpose]],
        ...tenantIds.map((id) => ['kms:EncryptionContext:tenant_id', [id]] as const),
      ])
    : new Map(
        tenantIds.length === 0 ? [] : [['dynamodb:LeadingKeys', tenantIds.map((id) => `T#${id}#C`)] as const],
      ),
});

describe('a session of a function for one tenant', () => {
  let booted: Awaited<ReturnType<typeof bootTemplate>>;
  beforeAll(async () => {
    booted = await bootTemplate(readTemplate());
  });
  afterAll(() => booted.stop());

  it('may do all that it is granted to that tenant’s rows and secrets, and nothing to any other’s', () => {
    const { resources } = booted.cloud;
    const access = makeAccessControl({ account: ACCOUNT });
    access.load(resources);
    const roles = [...assumableRoles(resources).values()];
    const functions = ofType(resources, 'AWS::Lambda::Function').map(({ physicalName }) => physicalName);
    expect(roles.length).toBeGreaterThan(8);
    for (const { roleArn, statements } of roles) {
      const session = {
        roleArn,
        sessionName: OWN,
        tags: new Map([['tenant_id', OWN]]),
        functionName: functions[0] ?? '',
      };
      for (const { actions, document, resources: on } of statements)
        for (const action of actions)
          for (const resource of on) {
            const [purpose = ''] = [
              Object(Object(Object(document)['Condition'])['StringEquals'])['kms:EncryptionContext:purpose'],
            ].flat();
            const may = (...tenantIds: readonly string[]) =>
              access.refusal(session, [needOf(action.text, resource.text, purpose, tenantIds)]) === undefined;
            expect([action.text, may(OWN)]).toEqual([action.text, true]);
            expect([action.text, may(OTHER), may(), may(`${OWN}0`)]).toEqual([
              action.text,
              false,
              false,
              false,
            ]);
            if (action.text.startsWith('dynamodb:'))
              expect([action.text, may(OWN, OTHER)]).toEqual([action.text, false]);
          }
    }
  });
});
