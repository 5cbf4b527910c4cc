import { describe, expect, it } from 'vitest';
import { readAssembly } from '../../../local/cloudformation/assembly.ts';
import { resolveTemplate } from '../../../local/cloudformation/resolve-template.ts';
import { ASSEMBLY_DIR } from '../../harness/assembly.ts';

const { stackName, template } = readAssembly(ASSEMBLY_DIR);

const resolvedWith = (parameters: Readonly<Record<string, string>>) => {
  const { resources, outputs } = resolveTemplate(template, {
    stackName,
    region: 'eu-west-1',
    account: '000000000000',
    parameters,
    queueUrl: (name) => `http://127.0.0.1:9324/000000000000/${name}`,
    apiUrl: () => 'http://127.0.0.1:4000',
  });
  const all = [...resources.values()];
  const environments = all
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .map(
      ({ properties }) =>
        (properties['Environment'] as { readonly Variables: Readonly<Record<string, string>> }).Variables,
    );
  return {
    authorizer: environments.find((variables) => variables['OIDC_ISSUER'] !== undefined),
    pools: all
      .filter(({ type }) => type === 'AWS::Cognito::UserPool')
      .map(({ physicalName }) => physicalName),
    clients: all
      .filter(({ type }) => type === 'AWS::Cognito::UserPoolClient')
      .map(({ physicalName }) => physicalName),
    outputs,
  };
};

describe('a user pool in the template', () => {
  it('has a name, and an issuer that leads nowhere, for there is no Cognito here', () => {
    const { authorizer, pools, clients, outputs } = resolvedWith({});
    expect(pools).toEqual([expect.stringMatching(/^eu-west-1_\w+$/)]);
    expect(authorizer?.['OIDC_ISSUER']).toBe(`https://cognito-idp.eu-west-1.invalid/${pools[0]}`);
    expect([authorizer?.['OIDC_AUDIENCE']]).toEqual(clients);
    expect([outputs['UserPoolId'], outputs['UserPoolClientId']]).toEqual([pools[0], clients[0]]);
  });

  it('is not there when another issuer is named', () => {
    const issuer = { OidcIssuer: 'https://issuer.example.com', OidcAudience: 'crossdock' };
    const { authorizer, pools, outputs } = resolvedWith(issuer);
    expect(pools).toEqual([]);
    expect(authorizer).toMatchObject({
      OIDC_ISSUER: 'https://issuer.example.com',
      OIDC_AUDIENCE: 'crossdock',
    });
    expect(Object.keys(outputs)).not.toContain('UserPoolId');
  });
});
