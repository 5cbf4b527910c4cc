/**
 * Bundles use this in place of the SDK's cache of discovered endpoints. DynamoDB clients discover nothing unless told
 * to, and the real one brings an LRU library into each bundle.
 */
export class EndpointCache {}
