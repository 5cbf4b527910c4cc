import { type AccessControl, makeAccessControl } from '../iam/access-control.ts';
import type { Denied } from '../iam/denial.ts';
import { type Gate, makeGate } from '../sts/gate.ts';
import { type StsServer, startSts } from '../sts/server.ts';
import { makeSessions } from '../sts/sessions.ts';
import { ACCOUNT, type CloudOptions } from './options.ts';
import type { Stops } from './stops.ts';

/** What the cloud knows of who acts in it. */
export interface Identities {
  readonly access: AccessControl;
  readonly gate: Gate;
  readonly sts: StsServer;
}

/** Starts STS, and prepares the gate that it shares with the other services. Access is to be loaded before anyone calls. */
export const startIdentities = async (
  { clock }: Pick<CloudOptions, 'clock'>,
  onDenied: (denied: Denied) => void,
  stops: Stops,
): Promise<Identities> => {
  const access = makeAccessControl({ account: ACCOUNT, onDenied });
  const sessions = makeSessions(clock);
  const sts = await startSts({ account: ACCOUNT, access, sessions });
  stops.add(sts.close);
  return { access, gate: makeGate(access, sessions), sts };
};
