import * as z from 'zod';

/** What a person may do, strongest first: of several roles the first one counts. */
export const roles = ['super_admin', 'tenant_admin', 'tenant_member'] as const;

export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;
