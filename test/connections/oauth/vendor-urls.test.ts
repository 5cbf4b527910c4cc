import { describe, expect, it } from 'vitest';
import { isVendors, VendorUrls, vendorUrl } from '#functions/connections/oauth/vendor-urls.ts';

const TOKEN_URL = 'https://api.hubapi.com/oauth/2026-03/token?a=b';
const none = {};
const local = { hubspot: 'http://127.0.0.1:9001' };

describe('a vendor that is elsewhere', () => {
  it('is called there, with the paths that it has', () => {
    expect(vendorUrl(local, 'hubspot', TOKEN_URL)).toBe('http://127.0.0.1:9001/oauth/2026-03/token?a=b');
    expect(vendorUrl({ hubspot: 'https://sandbox.example/x/' }, 'hubspot', TOKEN_URL)).toBe(
      'https://sandbox.example/x/oauth/2026-03/token?a=b',
    );
    expect(vendorUrl(local, 'hubspot', 'https://api.hubapi.com')).toBe('http://127.0.0.1:9001');
  });

  it('takes nobody with it', () => {
    expect(vendorUrl(local, 'slack', TOKEN_URL)).toBe(TOKEN_URL);
    for (const type of ['constructor', '__proto__']) expect(vendorUrl(none, type, TOKEN_URL)).toBe(TOKEN_URL);
  });

  it('is configured in JSON of URLs, and in nothing else', () => {
    expect(VendorUrls.parse('{}')).toEqual({});
    expect(VendorUrls.parse(JSON.stringify(local))).toEqual(local);
    for (const text of ['', '[]', 'x', '{"a":1}', '{"a":"here"}', '{"a":"ftp://x.example"}'])
      expect(VendorUrls.safeParse(text).success, text).toBe(false);
  });
});

describe('a URL that a vendor gives', () => {
  const isPipedrives = (url: string, urls: Record<string, string> = none) =>
    isVendors(urls, 'pipedrive', url, ['pipedrive.com']);

  it.each(['https://company.pipedrive.com', 'https://pipedrive.com/', 'https://a.b.pipedrive.com/api'])(
    'is followed when it is on its domain: %s',
    (url) => {
      expect(isPipedrives(url)).toBe(true);
    },
  );

  it.each([
    'http://company.pipedrive.com',
    'https://company.pipedrive.com:8443',
    'https://user@company.pipedrive.com',
    'https://pipedrive.com.attacker.example',
    'https://attackerpipedrive.com',
    'https://attacker.example/pipedrive.com',
    'https://127.0.0.1',
    'company.pipedrive.com',
    '',
  ])('is not followed anywhere else: %s', (url) => {
    expect(isPipedrives(url)).toBe(false);
  });

  it('is followed to where the deployment has that vendor', () => {
    const urls = { pipedrive: 'http://127.0.0.1:9002/x' };
    expect(isPipedrives('http://127.0.0.1:9002', urls)).toBe(true);
    expect(isPipedrives('http://127.0.0.1:9003', urls)).toBe(false);
  });
});
