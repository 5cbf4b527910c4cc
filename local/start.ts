import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tenantCalls } from './api-client.ts';
import type { Cli, OperatorTokens } from './cli.ts';
import { localVendorsOf, tokenHashes } from './cli.ts';
import { systemClock } from './clock.ts';
import { boot, type Cloud } from './cloud/boot.ts';
import { runDemo } from './demo/run.ts';
import { makeView, type View } from './demo/view.ts';
import { type Issuer, startIssuer } from './oidc/issuer.ts';
import { sampleUsers, signInLines } from './oidc/sample-users.ts';
import { synthesize } from './synthesize.ts';
import { type LocalVendors, setUpApps, startLocalVendors } from './vendor/local-vendors.ts';

export interface Running {
  readonly stop: () => Promise<void>;
}

type Print = (line: string) => void;

const isPortInUse = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE';

const synthesizeIn = async (dataDir: string, print: Print): Promise<string> => {
  const assemblyDir = join(dataDir, 'assembly');
  print('Synthesizing the stack …');
  await synthesize(assemblyDir);
  return assemblyDir;
};

const parametersOf = (
  tokens: OperatorTokens,
  issuer: Issuer | undefined,
  vendorUrls: Readonly<Record<string, string>>,
): Record<string, string> => ({
  OperatorTokenHashes: tokenHashes(tokens),
  LoopbackDestinations: 'allow',
  VendorUrls: JSON.stringify(vendorUrls),
  ...(issuer === undefined ? {} : { OidcIssuer: issuer.url, OidcAudience: issuer.audience }),
});

const bootOrExplain = async (
  cli: Cli,
  parameters: Readonly<Record<string, string>>,
  dataDir: string,
  view: View,
  print: Print,
): Promise<Cloud> => {
  const assemblyDir = cli.assemblyDir ?? (await synthesizeIn(dataDir, print));
  try {
    return await boot({
      assemblyDir,
      dataDir,
      port: cli.port,
      clock: systemClock,
      parameters,
      onLog: ({ functionName, line }) => {
        // What is not one of the functions' own lines is shown as it is: most likely something broke.
        const shown = line.startsWith('{') ? view.show(line) : `${functionName}: ${line}`;
        if (shown !== undefined) print(shown);
      },
    });
  } catch (error) {
    if (!isPortInUse(error)) throw error;
    throw new Error(`Port ${cli.port} is in use. Choose another with --port.`, { cause: error });
  }
};

/** Lines that say where the vendors are that came along. */
const vendorLines = ({ names, urls }: LocalVendors): string[] => {
  const [first] = names;
  if (first === undefined) return [];
  return [
    `  local vendors   ${urls[first]?.replace(/[^/]+$/, '')}<${names.join('|')}>; each agrees to everything`,
  ];
};

/** The directory of the data; one that was made for this run goes with the process, however it ends. */
const dataDirOf = (cli: Cli): string => {
  if (cli.dataDir !== undefined) return cli.dataDir;
  const made = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'crossdock-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
};

/**
 * Starts the whole product on this machine: the synthesized template, then the demo. Resolves when all is up and the
 * demo has run.
 * @throws Error with a message for the person at the terminal
 */
export const start = async (cli: Cli, tokens: OperatorTokens, print: Print): Promise<Running> => {
  const dataDir = dataDirOf(cli);
  const view = makeView();
  const tenantId = randomUUID();
  const issuer = cli.issuer ? await startIssuer({ users: sampleUsers(tenantId) }) : undefined;
  const vendors = await startLocalVendors(localVendorsOf(cli));
  const parameters = parametersOf(tokens, issuer, { ...cli.vendors, ...vendors.urls });
  const booting = bootOrExplain(cli, parameters, dataDir, view, print);
  const cloud = await booting.catch(async (error) => {
    await Promise.all([issuer?.stop(), vendors.close()]);
    throw error;
  });
  print(`Crossdock is up at ${cloud.url} (a development tool; production is AWS)`);
  print(`  API document    ${cloud.url}/openapi.json`);
  print(`  data            ${cli.dataDir ?? 'in memory'}`);
  if (tokens.generated) print(`  operator token  ${tokens.tokens[0]}`);
  if (issuer) for (const line of signInLines(issuer, tenantId)) print(line);
  for (const line of vendorLines(vendors)) print(line);
  print('');
  const target = { apiUrl: cloud.url, operatorToken: tokens.tokens[0] };
  await setUpApps(tenantCalls(target, tenantId, 400), vendors);
  const demo = cli.demo ? await runDemo(target, tenantId, vendors, view, print) : undefined;
  print('Ctrl-C stops it.');
  return {
    async stop() {
      await cloud.stop();
      await demo?.stop();
      await issuer?.stop();
      await vendors.close();
    },
  };
};
