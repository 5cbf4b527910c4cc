import { setTimeout as pause } from 'node:timers/promises';
import type { ApiTarget } from '../api-client.ts';
import type { LocalVendors } from '../vendor/local-vendors.ts';
import { startDemoReceiver } from './receiver.ts';
import { createDemoTenant } from './tenant.ts';
import type { View } from './view.ts';

const PATIENCE_MS = 60_000;
/** The vendors that the sample tenant is connected to, where they are local ones. */
const SHOWN = ['hubspot', 'github'];

export interface Demo {
  readonly stop: () => Promise<void>;
}

/** Makes the sample tenant, connects it to a vendor or two, publishes the sample events to it, and says when they have arrived. */
export const runDemo = async (
  target: ApiTarget,
  tenantId: string,
  vendors: LocalVendors,
  view: View,
  print: (line: string) => void,
): Promise<Demo> => {
  const receiver = await startDemoReceiver();
  const tenant = await createDemoTenant(target, tenantId, receiver.url, receiver.trust);
  print(`Sample tenant ${tenant.tenantId} delivers to ${receiver.url}`);
  for (const name of SHOWN.filter((one) => vendors.names.includes(one))) {
    const status = await tenant.connect(name);
    print(`It is connected to ${name} at its local vendor; the connection's test says ${status}.`);
  }
  const count = await tenant.publish();
  const giveUpAt = Date.now() + PATIENCE_MS;
  while (view.delivered() < count && Date.now() < giveUpAt) await pause(20);
  print('');
  print(view.summary());
  print(
    `The receiver verified ${receiver.counts.verified} signatures and refused ${receiver.counts.refused} requests.`,
  );
  return { stop: receiver.close };
};
