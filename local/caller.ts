const CALLER = /^\/as\/([^/?]+)/;

/** Who calls, from the path of an endpoint that ends in `/as/<name>`; empty when the endpoint names nobody. */
export const callerOf = (path: string | undefined): string => {
  const name = CALLER.exec(path ?? '')?.[1] ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
};
