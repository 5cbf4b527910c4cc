import type { Connector } from './define.ts';
import { webhook } from './webhook/index.ts';

/** Every connector of the product: one folder and one line each. */
export const connectors: readonly Connector[] = [webhook];

export const connectorOf = (type: string): Connector | undefined =>
  connectors.find((connector) => connector.type === type);
