const STEPS_MAX = 12;

/** A browser's memory: cookies by name. */
const makeBrowser = () => {
  const cookies = new Map<string, string>();
  return async (url: string): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return response;
  };
};

/**
 * Does what a user does at the authorize URL of a vendor from here: agrees, or denies. Answers the URL that the vendor
 * then sends the user back to; nobody goes there.
 * @throws Error when the vendor does not send the user back
 */
export const decideAt = async (
  authorizeUrl: string,
  redirectUri: string,
  decision: 'approve' | 'deny' = 'approve',
): Promise<URL> => {
  const browse = makeBrowser();
  let at = authorizeUrl;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const asks = decision === 'deny' && new URL(at).pathname.includes('/interaction/');
    const response = await browse(asks ? `${at}?deny` : at);
    const location = response.headers.get('location');
    if (location === null) throw new Error(`The vendor answered ${response.status} instead of a redirect`);
    at = new URL(location, at).href;
    if (at.startsWith(redirectUri)) return new URL(at);
  }
  throw new Error('The vendor never sent the user back');
};
