import { describe, expect, it } from 'vitest';
import type { Denied } from '../../local/iam/denial.ts';
import { bootTemplate, OPERATOR_TOKEN, readTemplate, type Template } from './booted.ts';

/** Drops the invoke permissions whose logical id has that text. */
const withoutPermission = (text: string): Template => {
  const template = readTemplate();
  for (const [id, { Type }] of Object.entries(template.Resources))
    if (Type === 'AWS::Lambda::Permission' && id.includes(text)) delete template.Resources[id];
  return template;
};

const withoutAction = (policyText: string, action: string): Template => {
  const template = readTemplate();
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type !== 'AWS::IAM::Policy' || !id.includes(policyText)) continue;
    for (const statement of Properties.PolicyDocument.Statement)
      statement.Action = [statement.Action].flat().filter((one) => one !== action);
    Properties.PolicyDocument.Statement = Properties.PolicyDocument.Statement.filter(
      (statement: { Action: string[] }) => statement.Action.length > 0,
    );
  }
  return template;
};

const statusesWith = async (template: Template) => {
  const denied: Denied[] = [];
  const lines: string[] = [];
  const { cloud, stop } = await bootTemplate(template, {
    onDenied: (one) => denied.push(one),
    onLog: ({ functionName, line }) => lines.push(`${functionName} ${line}`),
  });
  const headers = { authorization: `Bearer ${OPERATOR_TOKEN}`, 'x-tenant-id': crypto.randomUUID() };
  const statusOf = async (path: string) => (await fetch(`${cloud.url}${path}`, { headers })).status;
  const statuses = { health: await statusOf('/health'), connections: await statusOf('/connections') };
  await stop();
  return { statuses, denied, lines };
};

describe('the gateway', () => {
  it('answers 500 for a route whose function it may not invoke, and serves the others', async () => {
    const { statuses, denied, lines } = await statusesWith(withoutPermission('connectionsinspect'));
    expect(statuses).toEqual({ health: 200, connections: 500 });
    expect(denied.map(({ action }) => action)).toEqual(['lambda:InvokeFunction']);
    expect(denied[0]?.functionName).toMatch(/ApiInspectFunction/);
    expect(denied[0]?.statement).toMatch(/"AWS:SourceArn":"arn:aws:execute-api:[^"]*\/GET\/connections"/);
    expect(lines).toContainEqual(
      expect.stringMatching(/^permissions .*ApiInspect.* was denied lambda:Invoke/),
    );
  });

  it('answers 500 where it may not invoke the authorizer', async () => {
    const { statuses, denied } = await statusesWith(withoutPermission('HttpGatewayAuthorizer'));
    expect(statuses).toEqual({ health: 200, connections: 500 });
    expect(denied[0]?.functionName).toMatch(/ApiAuthorizeFunction/);
  });
});

describe('an event source mapping', () => {
  it('is not made when the role lacks what it needs; the boot says what and for whom', async () => {
    const booting = bootTemplate(withoutAction('DispatchRole', 'dynamodb:GetRecords'));
    await expect(booting).rejects.toThrow(
      /^DispatchSource\w+ cannot be created with the role of Crossdock-DispatchFunction\w+\. User: .* not authorized to perform: dynamodb:GetRecords on resource: .*\/stream\//,
    );
  });
});

describe('a function that may not write its log', () => {
  it('runs unheard', async () => {
    const { statuses, denied, lines } = await statusesWith(
      withoutAction('ApiInspectRole', 'logs:PutLogEvents'),
    );
    expect(statuses).toEqual({ health: 200, connections: 200 });
    expect(denied.map(({ action }) => action)).toEqual(['logs:PutLogEvents']);
    expect(lines.filter((line) => line.includes('ApiInspect'))).toEqual([
      expect.stringMatching(/^permissions /),
    ]);
  });
});
