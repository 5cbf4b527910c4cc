import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

export interface LenientVendor {
  /** The value of the stack's parameter VendorUrls that puts this vendor in the place of HubSpot and GitHub. */
  readonly vendorUrls: string;
  readonly close: () => Promise<void>;
}

const newToken = () => randomBytes(24).toString('base64url');

/** A vendor that gives tokens for any code, knows every token, and ends any grant. For what is about our side alone. */
export const startLenientVendor = async (): Promise<LenientVendor> => {
  const server = createServer((request, response) => {
    request.resume();
    const grant = {
      access_token: newToken(),
      refresh_token: newToken(),
      token_type: 'bearer',
      // Whoever uses it a second later has to renew it first.
      expires_in: 1,
      hub_id: 4711,
      portalId: 4711,
      id: 4711,
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(grant));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    vendorUrls: JSON.stringify({
      hubspot: `http://127.0.0.1:${port}`,
      github: `http://127.0.0.1:${port}`,
    }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
