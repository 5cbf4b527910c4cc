/**
 * Bundles use these two in place of the SDK's discovery of endpoints. DynamoDB clients discover nothing unless told to,
 * and the real ones bring a middleware and an LRU library into each bundle.
 */
export const resolveEndpointDiscoveryConfig = <Config>(config: Config): Config => config;

const nothing = () => undefined;

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: nothing,
  configFileSelector: nothing,
  default: undefined,
};
