import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_ARN, TENANT_ROLE_ARN } from '../iam/iam-setup.ts';
import { callSts, credentialsIn, START_MS, type StsWorld, startStsWorld } from './sts-world.ts';

let world: StsWorld;
beforeAll(async () => {
  const trust = [
    { Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action: ['sts:AssumeRole', 'sts:TagSession'] },
  ];
  world = await startStsWorld({ assumable: { trust, statements: [] } });
});
afterAll(() => world.stop());

const assume = {
  Action: 'AssumeRole',
  RoleArn: TENANT_ROLE_ARN,
  RoleSessionName: 'work',
  'Tags.member.1.Key': 'tenant_id',
  'Tags.member.1.Value': '12',
};

describe('AssumeRole', () => {
  it('gives credentials that look like those of AWS, and new ones each time', async () => {
    const reply = await callSts(world.sts, assume);
    expect([reply.status, reply.type]).toEqual([200, 'text/xml']);
    expect(reply.xml).toMatch(
      /^<AssumeRoleResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"><AssumeRoleResult>.*<\/AssumeRoleResult><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/AssumeRoleResponse>$/,
    );
    expect(reply.text('Arn')).toBe('arn:aws:sts::000000000000:assumed-role/tenant-role/work');
    expect(reply.text('AssumedRoleId')).toMatch(/^AROA[0-9A-F]{17}:work$/);
    const { accessKeyId, secretAccessKey, sessionToken } = credentialsIn(reply);
    expect(accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(secretAccessKey).toHaveLength(40);
    expect(sessionToken.length).toBeGreaterThan(100);
    const again = credentialsIn(await callSts(world.sts, assume));
    expect(again.accessKeyId).not.toBe(accessKeyId);
    expect(again.sessionToken).not.toBe(sessionToken);
  });

  it('lasts an hour of the clock, or as long as the caller asks for', async () => {
    const expiration = async (form: object) =>
      (await callSts(world.sts, { ...assume, ...form })).text('Expiration');
    expect(await expiration({})).toBe(new Date(START_MS + 3_600_000).toISOString());
    expect(await expiration({ DurationSeconds: '900' })).toBe(new Date(START_MS + 900_000).toISOString());
  });

  it('is refused without a reason where no policy allows it, be the role there or not', async () => {
    const denials = world.denied.length;
    const RoleArn = TENANT_ROLE_ARN.replace('tenant-role', 'nowhere');
    const reply = await callSts(world.sts, { ...assume, RoleArn });
    expect([reply.status, reply.text('Code'), reply.text('Type')]).toEqual([403, 'AccessDenied', 'Sender']);
    expect(reply.text('Message')).toBe(
      `User: arn:aws:sts::000000000000:assumed-role/worker-role/worker is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    );
    expect(world.denied.slice(denials).map(({ action }) => action)).toEqual(['sts:AssumeRole']);
    const stranger = await callSts(world.stsOfStranger, assume);
    expect(stranger.text('Code')).toBe('AccessDenied');
  });

  it('is nothing for the account itself, which is what nobody by name counts as', async () => {
    const reply = await callSts(world.stsOfNobody, assume);
    expect([reply.status, reply.text('Code')]).toEqual([403, 'AccessDenied']);
    expect(reply.text('Message')).toBe('Roles may not be assumed by root accounts.');
  });

  it.each<[object, string]>([
    [{ RoleSessionName: 'a' }, 'roleSessionName'],
    [{ RoleSessionName: 'a b' }, 'roleSessionName'],
    [{ RoleArn: 'tenant-role' }, 'roleArn'],
    [{ ExternalId: 'a b' }, 'externalId'],
    [{ DurationSeconds: '899' }, 'durationSeconds'],
    [{ DurationSeconds: 'long' }, 'durationSeconds'],
    [{ DurationSeconds: '3601' }, 'exceeds the 1 hour session limit for roles assumed by role chaining'],
    [{ 'Tags.member.1.Value': '*' }, 'tags.member.1.Value'],
    [{ 'Tags.member.2.Key': 'a' }, 'tags.member.2.Value'],
    [{ 'Tags.member.2.Key': '', 'Tags.member.2.Value': 'a' }, 'tags.member.2.Key'],
    [{ Policy: '{}' }, 'Policy is not emulated'],
    [{ 'PolicyArns.member.1.arn': 'arn' }, 'PolicyArns.member.1.arn is not emulated'],
    [{ 'TransitiveTagKeys.member.1': 'tenant_id' }, 'TransitiveTagKeys.member.1 is not emulated'],
    [{ SourceIdentity: 'me' }, 'SourceIdentity is not emulated'],
  ])('with %j is refused', async (form, problem) => {
    const reply = await callSts(world.sts, { ...assume, ...form });
    expect([reply.status, reply.text('Code')]).toEqual([400, 'ValidationError']);
    expect(reply.text('Message')).toContain(problem);
  });

  it('with two tags of one key, whatever its case, is refused', async () => {
    const tags = { 'Tags.member.2.Key': 'Tenant_ID', 'Tags.member.2.Value': '13' };
    const reply = await callSts(world.sts, { ...assume, ...tags });
    expect([reply.status, reply.text('Code')]).toEqual([400, 'InvalidParameterValue']);
  });

  it('takes fifty tags and not one more', async () => {
    const tags = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => index + 2).flatMap((number) => [
          [`Tags.member.${number}.Key`, `key${number}`],
          [`Tags.member.${number}.Value`, ''],
        ]),
      );
    expect((await callSts(world.sts, { ...assume, ...tags(49) })).status).toBe(200);
    const reply = await callSts(world.sts, { ...assume, ...tags(50) });
    expect(reply.text('Message')).toContain("'tags' failed to satisfy constraint");
  });
});

describe('GetCallerIdentity', () => {
  const ask = { Action: 'GetCallerIdentity' };

  it('names the function, and with temporary credentials the session', async () => {
    const own = await callSts(world.sts, ask);
    expect(own.xml).toMatch(/^<GetCallerIdentityResponse .*<GetCallerIdentityResult>/);
    expect(own.text('Arn')).toBe('arn:aws:sts::000000000000:assumed-role/worker-role/worker');
    expect([own.text('Account'), own.text('UserId')]).toEqual([
      '000000000000',
      expect.stringMatching(/^AROA\w{17}:worker$/),
    ]);
    const assumed = await callSts(world.sts, assume);
    const session = await callSts(world.sts, ask, credentialsIn(assumed));
    expect(session.text('Arn')).toBe('arn:aws:sts::000000000000:assumed-role/tenant-role/work');
    expect(session.text('UserId')).toBe(assumed.text('AssumedRoleId'));
  });

  it('names the account where nobody is named, and refuses a name that no function has', async () => {
    const nobody = await callSts(world.stsOfNobody, ask);
    expect(nobody.text('Arn')).toBe('arn:aws:iam::000000000000:root');
    const stranger = await callSts(world.stsOfStranger, ask);
    expect([stranger.status, stranger.text('Code')]).toEqual([403, 'InvalidClientTokenId']);
  });
});

describe('any other request', () => {
  it('is refused as one that STS does not know, in XML that says no more than it should', async () => {
    const reply = await callSts(world.sts, { Action: '<GetSessionToken>' });
    expect([reply.status, reply.text('Code')]).toEqual([400, 'InvalidAction']);
    expect(reply.text('Message')).toBe(
      'Could not find operation &lt;GetSessionToken&gt; for version 2011-06-15',
    );
    expect((await callSts(world.sts, {})).text('Code')).toBe('InvalidAction');
  });
});
