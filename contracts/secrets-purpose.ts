/** The purpose in the KMS encryption context of a connection's secrets: what seals them and what a role may open. */
export const SECRETS_PURPOSE = 'connection_secrets';
