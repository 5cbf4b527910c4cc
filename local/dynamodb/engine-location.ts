import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Either an engine that somebody else runs, or the program to start one. */
export type EngineLocation = { readonly endpoint: string } | { readonly program: string };

const PACKAGE = '@dynoxide/linux-x64/package.json';
const VARIABLE = 'CROSSDOCK_DYNAMODB_ENDPOINT';

/**
 * Finds the DynamoDB engine: the one CROSSDOCK_DYNAMODB_ENDPOINT names, or else the installed binary. Throws, naming
 * that variable, when this platform has none.
 */
export const locateEngine = (
  environment: Readonly<Record<string, string | undefined>>,
  resolve: (request: string) => string = createRequire(import.meta.url).resolve,
): EngineLocation => {
  const endpoint = environment[VARIABLE];
  if (endpoint) return { endpoint: endpoint.replace(/\/$/, '') };
  try {
    return { program: join(dirname(resolve(PACKAGE)), 'dynoxide') };
  } catch (cause) {
    throw new Error(
      `There is no DynamoDB engine for ${process.platform}-${process.arch} among the installed packages. ` +
        `Start AWS's DynamoDB Local (with -sharedDb) and set ${VARIABLE} to its URL, such as http://127.0.0.1:8000`,
      { cause },
    );
  }
};
