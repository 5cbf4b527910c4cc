import type { Connection } from '#contracts/connection-views.ts';
import type { VendorProfile } from '#local/vendor/profile.ts';
import { vendorProfiles } from '#local/vendor/profiles.ts';
import { startOidcVendor } from '../simulators/oidc-vendor.ts';
import { type ConnectServices, connectWorld } from './connect-world.ts';

/** What the vendor of a connector does, as `npm start` has it. */
export const profileOf = (type: string): VendorProfile => {
  const profile = Object.entries(vendorProfiles).find(([name]) => name === type)?.[1];
  if (!profile) throw new Error(`There is no vendor ${type}`);
  return profile;
};

const connectionIn = (result: object): Connection => {
  if ('connection_id' in result) return result as Connection;
  throw new Error(`It was not connected: ${JSON.stringify(result)}`);
};

/** A tenant that is connected to a vendor, where some of what the vendor tells may be other than usual. */
export const connectedTo = async (
  services: ConnectServices,
  type: string,
  told: Partial<VendorProfile> = {},
) => {
  const vendor = await startOidcVendor({ ...profileOf(type), ...told });
  const world = connectWorld(services, { [type]: vendor.url });
  await world.setUpApp(type);
  const tenantId = await world.tenant();
  const connection = connectionIn(await world.connect(tenantId, type));
  return {
    vendor,
    world,
    tenantId,
    connection,
    stored: async () => {
      const found = await world.store.find(tenantId, type);
      if (!found) throw new Error('The connection is not there');
      return found;
    },
    check: () => world.check(tenantId, type),
    revoke: () => world.revoke(tenantId, type),
    /** What was done of one sort, latest first. */
    done: async (action: string) =>
      (await world.activityOf(tenantId, type)).filter((one) => one.action === action),
  };
};
