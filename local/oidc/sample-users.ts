import { CLIENT_SECRET, type Issuer, type IssuerUser } from './issuer.ts';

const ROLES = ['tenant_admin', 'tenant_member', 'super_admin'];

/** One user per role, named like it; all but the super_admin are of the sample tenant. */
export const sampleUsers = (tenantId: string): IssuerUser[] =>
  ROLES.map((role) => ({
    clientId: role,
    roles: [role],
    ...(role === 'super_admin' ? {} : { tenantId }),
  }));

/** Lines that say how to get a token of one of the sample users. */
export const signInLines = ({ url }: Issuer, tenantId: string): string[] => {
  const form = `-d grant_type=client_credentials -d client_secret=${CLIENT_SECRET}`;
  return [
    `  users' issuer   ${url} (tenant ${tenantId})`,
    `                  curl -s ${url}/token ${form} -d client_id=tenant_admin`,
    `                  or client_id=${ROLES.slice(1).join(', client_id=')}; access_token is a user's bearer token`,
  ];
};
