/** Which redirect URIs a deployment takes, compared letter by letter (RFC 9700 §2.1). */
export const makeRedirectUris = (apiUrl: string, listed: readonly string[]) => {
  const own = (connectorType: string) => `${apiUrl.replace(/\/+$/, '')}/connect/${connectorType}/callback`;
  return {
    /** The API's own callback, which is always taken. */
    own,
    takes: (connectorType: string, redirectUri: string): boolean =>
      redirectUri === own(connectorType) || listed.includes(redirectUri),
  };
};

export type RedirectUris = ReturnType<typeof makeRedirectUris>;
