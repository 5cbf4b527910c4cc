const STEPS_MAX = 12;

/** A browser's memory: cookies by name. */
const makeBrowser = () => {
  const cookies = new Map<string, string>();
  return async (url: string, body?: string): Promise<Response> => {
    const response = await fetch(url, {
      redirect: 'manual',
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return response;
  };
};

/** What a page of oidc-provider's own interactions asks for: to log in, or to consent. */
const answerTo = (page: string, approve: boolean): { readonly url: string; readonly body?: string } => {
  const abort = /href="([^"]+\/abort)"/.exec(page)?.[1];
  const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
  const action = /action="([^"]+)"/.exec(page)?.[1];
  if (!approve && prompt === 'consent' && abort) return { url: abort };
  if (!action) throw new Error(`This page has no form: ${page.slice(0, 500)}`);
  const body = prompt === 'login' ? 'prompt=login&login=ada&password=any' : 'prompt=consent';
  return { url: action, body };
};

/**
 * Does what a user does at an authorize URL: logs in and consents, or denies. Answers the URL that the vendor then sends
 * the user back to; nobody goes there.
 */
export const decideAt = async (
  authorizeUrl: string,
  redirectUri: string,
  decision: 'approve' | 'deny' = 'approve',
): Promise<URL> => {
  const browse = makeBrowser();
  let at = authorizeUrl;
  let response = await browse(at);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const location = response.headers.get('location');
    if (location !== null) {
      at = new URL(location, at).href;
      if (at.startsWith(redirectUri)) return new URL(at);
      response = await browse(at);
      continue;
    }
    const next = answerTo(await response.text(), decision === 'approve');
    at = new URL(next.url, at).href;
    response = await browse(at, next.body);
  }
  throw new Error('The vendor never sent the user back');
};
