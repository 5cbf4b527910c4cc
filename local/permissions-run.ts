import { operatorTokens, tokenHashes } from './cli.ts';
import { systemClock } from './clock.ts';
import { boot } from './cloud/boot.ts';
import type { Denied } from './iam/denial.ts';
import type { RoleUsage } from './iam/usage.ts';
import { startLenientVendor } from './lenient-vendor.ts';
import { permissionExceptions } from './permissions-exceptions.ts';
import { type PermissionFindings, permissionFindings } from './permissions-findings.ts';
import { runPermissionsScenario } from './permissions-scenario.ts';
import { scenarioTarget } from './permissions-target.ts';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Boots an assembly on an empty `dataDir`, runs the scenario, and judges the roles. It never rejects: a failure is a finding. */
export const runPermissions = async (assemblyDir: string, dataDir: string): Promise<PermissionFindings> => {
  const tokens = operatorTokens({});
  const denied: Denied[] = [];
  let roles: readonly RoleUsage[] = [];
  const runAt = async (vendorUrls: string): Promise<void> => {
    const cloud = await boot({
      assemblyDir,
      dataDir,
      port: 0,
      clock: systemClock,
      parameters: {
        OperatorTokenHashes: tokenHashes(tokens),
        LoopbackDestinations: 'allow',
        VendorUrls: vendorUrls,
      },
      onDenied: (one) => denied.push(one),
    });
    try {
      await runPermissionsScenario(scenarioTarget(cloud, tokens.tokens[0]));
    } finally {
      // What was in flight is finished by then, and may still have used or been denied something.
      await cloud.stop();
      roles = cloud.usage();
    }
  };
  const run = async (): Promise<void> => {
    const vendor = await startLenientVendor();
    try {
      await runAt(vendor.vendorUrls);
    } finally {
      await vendor.close();
    }
  };
  const failure = await run().then(() => undefined, messageOf);
  return {
    ...permissionFindings(roles, denied, permissionExceptions),
    ...(failure === undefined ? {} : { failure }),
  };
};
