/**
 * How every AWS client of ours behaves: a hung call ends long before the function does, and three tries cover a
 * dropped connection. Milliseconds.
 */
export const clientConfig = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 5000 },
} as const;
