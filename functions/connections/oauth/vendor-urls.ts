import * as z from 'zod';

/** JSON of connector type → URL. It takes the place of the origin of each of that vendor's URLs; their paths stay. */
export const VendorUrls = z.string().transform((text, context) => {
  try {
    return z.record(z.string(), z.url({ protocol: /^https?$/ })).parse(JSON.parse(text));
  } catch {
    context.issues.push({ code: 'custom', message: 'must be JSON of URLs by connector type', input: '' });
    return z.NEVER;
  }
});
export type VendorUrls = z.output<typeof VendorUrls>;

const withoutSlash = (url: string) => url.replace(/\/+$/, '');

/** Where a vendor's URL is really called: there, or where the deployment has it. */
export const vendorUrl = (urls: VendorUrls, connectorType: string, url: string): string => {
  const elsewhere = Object.hasOwn(urls, connectorType) ? urls[connectorType] : undefined;
  if (elsewhere === undefined) return url;
  const { pathname, search } = new URL(url);
  return `${withoutSlash(elsewhere)}${pathname === '/' ? '' : pathname}${search}`;
};

/** Whether a URL that a vendor gave is on one of its domains by https, or where the deployment has that vendor. */
export const isVendors = (
  urls: VendorUrls,
  connectorType: string,
  url: string,
  domains: readonly string[],
): boolean => {
  if (!URL.canParse(url)) return false;
  const { origin, protocol, hostname, username, password, port } = new URL(url);
  const elsewhere = Object.hasOwn(urls, connectorType) ? urls[connectorType] : undefined;
  if (elsewhere !== undefined && new URL(elsewhere).origin === origin) return true;
  const below = domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  return below && protocol === 'https:' && port === '' && username === '' && password === '';
};
