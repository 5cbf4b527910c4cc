import { describe, expect, it } from 'vitest';
import { roles } from '../../contracts/roles.ts';
import { conditionTest } from '../../local/cloudformation/conditions.ts';
import { folderOf, functions, ofType, referred, resources, template } from './template.ts';

const ofCognito = resources.filter(({ type }) => type.startsWith('AWS::Cognito::'));
const pool = ofType('AWS::Cognito::UserPool')[0];
const client = ofType('AWS::Cognito::UserPoolClient')[0];

const variables = functions.find((one) => folderOf(one) === 'api/authorize')?.properties.Environment
  .Variables;
const [condition, ours, theirs] = variables.OIDC_ISSUER['Fn::If'];

describe("the issuer of users' tokens", () => {
  it('is the one that the parameters name, and only without one a user pool of the stack', () => {
    expect([referred(ours), referred(theirs)]).toEqual([pool?.id, 'OidcIssuer']);
    const audience = variables.OIDC_AUDIENCE['Fn::If'];
    expect([audience[0], referred(audience[1]), referred(audience[2])]).toEqual([
      condition,
      client?.id,
      'OidcAudience',
    ]);
    for (const [issuer, isOurs] of [
      ['', true],
      ['https://issuer.example.com', false],
    ] as const) {
      const resolve = (value: unknown) => (referred(value) === 'OidcIssuer' ? issuer : value);
      expect(conditionTest(template.Conditions, resolve)(condition, '')).toBe(isOurs);
    }
  });

  it('makes nothing of the user pool when there is another', () => {
    expect(ofCognito).toHaveLength(2 + roles.length);
    for (const { id } of ofCognito) expect(template.Resources[id].Condition).toBe(condition);
    for (const name of ['UserPoolId', 'UserPoolClientId'])
      expect(template.Outputs[name].Condition).toBe(condition);
  });

  it('is not named without the audience that its tokens must be for', () => {
    const rules = Object.values<{ Assertions: readonly object[] }>(template.Rules);
    const asserted = rules.flatMap(({ Assertions }) => JSON.stringify(Assertions));
    expect(asserted.filter((text) => text.includes('OidcAudience'))).toHaveLength(1);
  });

  it('is an https URL, by the parameter, except on this machine', () => {
    const pattern = new RegExp(template.Parameters.OidcIssuer.AllowedPattern);
    expect(
      ['', 'https://issuer.example.com/tenant', 'http://127.0.0.1:9000'].every((url) => pattern.test(url)),
    ).toBe(true);
    expect(
      ['issuer', 'ftp://a.example', 'https://a.example?x', 'https://a.example#x'].some((url) =>
        pattern.test(url),
      ),
    ).toBe(false);
  });

  it('is read by claims that fit the user pool', () => {
    const { OidcTenantClaim, OidcRolesClaim } = template.Parameters;
    const [attribute] = pool?.properties.Schema ?? [];
    expect(OidcTenantClaim.Default).toBe(`custom:${attribute.Name}`);
    expect(OidcRolesClaim.Default).toBe('cognito:groups');
    const groups = ofType('AWS::Cognito::UserPoolGroup').map(({ properties }) => properties.GroupName);
    expect(groups.toSorted()).toEqual(roles.toSorted());
  });
});

describe('the user pool', () => {
  it('lets nobody in whom an operator has not made', () => {
    expect(pool?.properties.AdminCreateUserConfig).toEqual({ AllowAdminCreateUserOnly: true });
    expect(client?.properties.PreventUserExistenceErrors).toBe('ENABLED');
  });

  it('lets nobody choose a tenant for himself', () => {
    expect(pool?.properties.Schema).toMatchObject([{ Name: 'tenant_id', Mutable: false }]);
    expect(client?.properties.WriteAttributes).toEqual(['email']);
  });

  it('asks for long passwords, never sends one over the wire, and offers a second factor', () => {
    expect(pool?.properties.Policies.PasswordPolicy).toMatchObject({
      MinimumLength: 14,
      RequireLowercase: true,
      RequireUppercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
    });
    expect(client?.properties.ExplicitAuthFlows.toSorted()).toEqual([
      'ALLOW_REFRESH_TOKEN_AUTH',
      'ALLOW_USER_SRP_AUTH',
    ]);
    expect(pool?.properties.MfaConfiguration).toBe('OPTIONAL');
    expect(pool?.properties.EnabledMfas).toEqual(['SOFTWARE_TOKEN_MFA']);
  });

  it('cannot be deleted by mistake', () => {
    expect(pool?.properties.DeletionProtection).toBe('ACTIVE');
    expect(template.Resources[pool?.id ?? ''].DeletionPolicy).toBe('Retain');
  });

  it('gives tokens that end within the hour, and holds no secret', () => {
    const { IdTokenValidity, AccessTokenValidity, TokenValidityUnits, GenerateSecret } =
      client?.properties ?? {};
    expect([IdTokenValidity, AccessTokenValidity]).toEqual([60, 60]);
    expect([TokenValidityUnits.IdToken, TokenValidityUnits.AccessToken]).toEqual(['minutes', 'minutes']);
    expect(GenerateSecret).toBe(false);
  });
});
