/** What a person may do, strongest first: of several roles the first one counts. */
export const roles = ['super_admin', 'tenant_admin', 'tenant_member'] as const;

export type Role = (typeof roles)[number];
