import type { VendorProfile } from '#local/vendor/profile.ts';
import { type Fate, startVendors, type VendorCall } from '#local/vendor/server.ts';

export const CLIENT = { id: 'our-app', secret: 'secret+of our/app' };
export const REDIRECT_URI = 'https://app.example.com/connected';

export interface OidcVendor {
  readonly url: string;
  readonly tokenCalls: readonly VendorCall[];
  readonly revocations: readonly VendorCall[];
  /** Every token that it has given away. */
  readonly tokens: readonly string[];
  /** Decides what becomes of a token call. */
  onToken: (call: VendorCall) => Fate | Promise<Fate>;
  /** Decides what becomes of any other call that our product makes. */
  onCall: (call: VendorCall) => Fate | Promise<Fate>;
  /** Ends all grants, as a user can at the vendor itself. */
  readonly end: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** One of the vendors of `npm start`, as strict about its own ways, with the means to see what it is asked and to fail. */
export const startOidcVendor = async (profile: VendorProfile): Promise<OidcVendor> => {
  const calls: VendorCall[] = [];
  const tokens: string[] = [];
  const vendors = await startVendors({
    profiles: { vendor: profile },
    client: CLIENT,
    takesRedirectUri: (uri) => uri === REDIRECT_URI,
    onCall(call) {
      calls.push(call);
      return call.kind === 'token' ? vendor.onToken(call) : vendor.onCall(call);
    },
    onToken: (token) => tokens.push(token),
  });
  const of = (kind: VendorCall['kind']) => calls.filter((call) => call.kind === kind);
  const vendor: OidcVendor = {
    url: vendors.url('vendor'),
    get tokenCalls() {
      return of('token');
    },
    get revocations() {
      return of('revocation');
    },
    tokens,
    onToken: () => 'answer',
    onCall: () => 'answer',
    async end() {
      for (const token of tokens) await vendors.end('vendor', token);
    },
    close: vendors.close,
  };
  return vendor;
};
