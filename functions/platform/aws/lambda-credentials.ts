import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Lambda hands a function its role's credentials in the environment. Bundles use this in place of the SDK's default
 * chain, whose other sources (SSO, profiles, instance metadata) cost each bundle 100 KB and never apply there.
 */
export const defaultProvider = () => fromEnv();
