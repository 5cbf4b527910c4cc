import type { Connector } from './define.ts';
import { github } from './github/index.ts';
import { google } from './google/index.ts';
import { hubspot } from './hubspot/index.ts';
import { jira } from './jira/index.ts';
import { pipedrive } from './pipedrive/index.ts';
import { slack } from './slack/index.ts';
import { webhook } from './webhook/index.ts';
import { zoho } from './zoho/index.ts';

/** Every connector of the product: one folder and one line each. */
export const connectors: readonly Connector[] = [
  webhook,
  github,
  google,
  hubspot,
  jira,
  pipedrive,
  slack,
  zoho,
];

export const connectorOf = (type: string): Connector | undefined =>
  connectors.find((connector) => connector.type === type);
