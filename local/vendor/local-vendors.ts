import type { TenantCall } from '../api-client.ts';
import { decideAt } from './browser.ts';
import { vendorProfiles } from './profiles.ts';
import { startVendors } from './server.ts';

export interface LocalVendors {
  readonly names: readonly string[];
  /** Where each is, for the stack's parameter `VendorUrls`. */
  readonly urls: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** It guards nothing: these vendors grant whatever they are asked for, to whoever reaches this machine's loopback interface. */
const CLIENT = { id: 'our-app', secret: 'local' };

const isLoopback = (uri: string) => URL.canParse(uri) && new URL(uri).hostname === '127.0.0.1';

/** All vendors that can be had here, by connector type. */
export const vendorNames: readonly string[] = Object.keys(vendorProfiles);

/** Starts these vendors on a free port of the loopback interface; each forgets everything when it is closed. */
export const startLocalVendors = async (names: readonly string[]): Promise<LocalVendors> => {
  const chosen = Object.entries(vendorProfiles).filter(([name]) => names.includes(name));
  const profiles = Object.fromEntries(chosen);
  const vendors = await startVendors({ profiles, client: CLIENT, takesRedirectUri: isLoopback });
  const urls = Object.fromEntries(names.map((name) => [name, vendors.url(name)]));
  return { names, urls, close: vendors.close };
};

/** Tells the API of our app at each of these vendors, over what it knew. */
export const setUpApps = async (call: TenantCall, { names }: LocalVendors): Promise<void> => {
  for (const name of names) {
    await call('PUT', `/admin/providers/${name}`, { client_id: CLIENT.id, client_secret: CLIENT.secret });
  }
};

/**
 * Connects a tenant as its user would: begins, agrees at the vendor's authorize URL, and brings code and state back.
 * @throws Error when the API or the vendor refuses a step
 */
export const connectAt = async (call: TenantCall, name: string): Promise<void> => {
  const { authorize_url } = await call('POST', `/connect/${name}`, {});
  const redirectUri = new URL(String(authorize_url)).searchParams.get('redirect_uri') ?? '';
  // The API itself says where it is; with a port that the system chose it does not know, so only the query counts.
  const { search } = await decideAt(String(authorize_url), redirectUri);
  await call('GET', `/connect/${name}/callback${search}`);
};
