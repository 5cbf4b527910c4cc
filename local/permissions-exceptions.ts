import type { PermissionException } from './permissions-findings.ts';

/** What is granted and never used, and why it has to be. There is nothing, and there should be nothing. */
export const permissionExceptions: readonly PermissionException[] = [];
