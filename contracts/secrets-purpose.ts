/** The purpose in the KMS encryption context of a connection's secrets: what seals them and what a role may open. */
export const SECRETS_PURPOSE = 'connection_secrets';

/** The purpose of the tokens that a vendor granted to a connection. */
export const TOKENS_PURPOSE = 'oauth_tokens';

/** The purpose of what a connect that is under way must remember until its callback. */
export const PENDING_PURPOSE = 'pending_connect';

/** The purpose of our own client secret at a vendor. */
export const PROVIDER_PURPOSE = 'provider_credentials';
