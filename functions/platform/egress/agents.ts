import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';

interface Agents {
  readonly agentFor: (url: URL) => HttpAgent;
  readonly destroy: () => void;
}

interface AgentOptions {
  readonly lookup: LookupFunction;
  readonly keepAlive: boolean;
  /** Sockets to one origin. */
  readonly socketsMax: number;
}

// Node gives up on an address after 250 ms when the host has another one, which may be an IPv6 address that this
// machine cannot reach; a distant receiver then looks unreachable.
const ADDRESS_ATTEMPT_MS = 1_000;

/** The http and https agents through which every request leaves: checked addresses, verified TLS of 1.2 or newer. */
export const makeAgents = ({ lookup, keepAlive, socketsMax }: AgentOptions): Agents => {
  const shared = {
    lookup,
    keepAlive,
    maxSockets: socketsMax,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
  };
  const http = new HttpAgent(shared);
  // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED or --tls-min-v1.0 cannot weaken it.
  const https = new HttpsAgent({ ...shared, rejectUnauthorized: true, minVersion: 'TLSv1.2' });
  return {
    agentFor: (url) => (url.protocol === 'https:' ? https : http),
    destroy() {
      http.destroy();
      https.destroy();
    },
  };
};
