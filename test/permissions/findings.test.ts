import { describe, expect, it } from 'vitest';
import type { Denied } from '../../local/iam/denial.ts';
import type { RoleUsage } from '../../local/iam/usage.ts';
import {
  isFaultless,
  type PermissionException,
  permissionFindings,
} from '../../local/permissions-findings.ts';
import { printFindings } from '../../local/permissions-report.ts';

const grant = (action: string, used: boolean, resource = 'arn:aws:sqs:::lane') => ({
  place: 'Policy statement 1',
  action,
  resource,
  used,
});
const deliver = (used: boolean): RoleUsage => ({
  holder: 'Crossdock-Deliver1234',
  granted: [grant('sqs:SendMessage', true), grant('sqs:DeleteMessage', used)],
});
const exception: PermissionException = {
  holder: 'Crossdock-Deliver',
  action: 'sqs:DeleteMessage',
  resourceEnd: ':lane',
  reason: 'Only a redrive deletes.',
};
const refused: Denied = {
  functionName: 'Crossdock-Deliver1234',
  action: 'kms:Decrypt',
  resource: 'arn:aws:kms:::key/1',
  statement: '{"Effect":"Allow"}',
};

describe('what a run tells of the roles', () => {
  it('is faultless when all that is granted was used and nothing was denied', () => {
    const findings = permissionFindings([deliver(true)], [], []);
    expect(findings).toMatchObject({ neverUsed: [], denied: [], excused: [], needless: [] });
    expect(isFaultless(findings)).toBe(true);
    expect(isFaultless({ ...findings, failure: 'it broke' })).toBe(false);
  });

  it('has each grant that was never used, with its holder and its place', () => {
    const findings = permissionFindings([deliver(false)], [], []);
    const { used: _, ...rest } = grant('sqs:DeleteMessage', false);
    expect(findings.neverUsed).toEqual([{ holder: 'Crossdock-Deliver1234', ...rest }]);
    expect(isFaultless(findings)).toBe(false);
  });

  it('has each kind of refusal once, and none of them is excused', () => {
    const excuse = { ...exception, action: refused.action, resourceEnd: refused.resource };
    const findings = permissionFindings([deliver(true)], [refused, { ...refused }], [excuse]);
    expect(findings.denied).toEqual([refused]);
    expect(isFaultless({ ...findings, needless: [] })).toBe(false);
  });

  it('leaves out what an exception excuses, and keeps its reason', () => {
    const findings = permissionFindings([deliver(false)], [], [exception]);
    expect(findings.excused).toMatchObject([{ action: 'sqs:DeleteMessage', reason: exception.reason }]);
    expect(isFaultless(findings)).toBe(true);
  });

  it.each([{ holder: 'Crossdock-Dispatch' }, { action: 'sqs:SendMessage' }, { resourceEnd: ':other' }])(
    'is not faultless with an exception that excuses nothing: %j',
    (change) => {
      const findings = permissionFindings([deliver(false)], [], [{ ...exception, ...change }]);
      expect([findings.neverUsed.length, findings.needless.length]).toEqual([1, 1]);
      expect(isFaultless({ ...findings, neverUsed: [] })).toBe(false);
    },
  );
});

describe('the printed report', () => {
  it('shows each grant and each refusal with its role, strangers included, and then the sum', () => {
    const others = [
      { ...refused, functionName: 'stranger' },
      { ...refused, assumedRole: 'tenant-role' },
    ];
    const roles = [deliver(false), { holder: 'tenant-role', granted: [] }];
    const findings = permissionFindings(roles, [refused, ...others], [exception]);
    expect(printFindings({ ...findings, failure: 'Error: late' })).toBe(
      [
        'Crossdock-Deliver1234',
        '  used   sqs:SendMessage    arn:aws:sqs:::lane',
        '  NEVER  sqs:DeleteMessage  arn:aws:sqs:::lane',
        '  DENIED kms:Decrypt arn:aws:kms:::key/1\n         {"Effect":"Allow"}',
        '',
        'tenant-role',
        '  DENIED kms:Decrypt arn:aws:kms:::key/1\n         {"Effect":"Allow"}',
        '',
        'stranger',
        '  DENIED kms:Decrypt arn:aws:kms:::key/1\n         {"Effect":"Allow"}',
        '',
        '0 granted and never used, 3 denied, 1 excused.',
        'Excused: sqs:DeleteMessage of Crossdock-Deliver1234. Only a redrive deletes.',
        'The scenario did not come to its end. Error: late',
      ].join('\n'),
    );
  });
});
