import { createHash, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { vendorNames } from './vendor/local-vendors.ts';

export interface Cli {
  readonly port: number;
  /** Where the data lie; undefined for data that go when the process ends. */
  readonly dataDir: string | undefined;
  /** An assembly that is already synthesized; undefined to synthesize one. */
  readonly assemblyDir: string | undefined;
  readonly demo: boolean;
  /** Connector type → where that vendor is, in the place of its own address; or `local` for one that is brought along. */
  readonly vendors: Readonly<Record<string, string>>;
  /** Whether an issuer of users' tokens is started as well. */
  readonly issuer: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm start -- [options]

  --port N        port of the API on 127.0.0.1 (default 4000; 0 lets the system choose)
  --data-dir DIR  where tables, queues and keys are kept over restarts (default .crossdock)
  --memory        keep nothing: the data go when the process ends
  --assembly DIR  start an assembly that is already synthesized
  --vendor T=URL  call the vendor of connector type T at URL: a simulator, or a sandbox (repeatable)
  --vendor T=local  call a vendor that is brought along and asks no questions; the demo does so for all others
  --no-demo       start without the sample tenant, its events and its vendors
  --no-issuer     start without the OpenID Connect issuer: only operator tokens are known then
  --help          show this

OPERATOR_TOKENS (a list, separated by commas) and OPERATOR_TOKEN set the operator tokens; without them one is made and printed.`;

/** In the place of a vendor's URL: the one that is brought along. */
const LOCAL = 'local';

const options = {
  port: { type: 'string', default: '4000' },
  'data-dir': { type: 'string', default: '.crossdock' },
  memory: { type: 'boolean', default: false },
  assembly: { type: 'string' },
  vendor: { type: 'string', multiple: true, default: [] as string[] },
  'no-demo': { type: 'boolean', default: false },
  'no-issuer': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const VENDOR = /^([a-z][a-z0-9_]{1,39})=(https?:\/\/\S+|local)$/;

const vendorOf = (text: string): [string, string] => {
  const [, type = '', url = ''] = VENDOR.exec(text) ?? [];
  const known = url === LOCAL ? vendorNames.includes(type) : URL.canParse(url);
  if (!known) throw new Error('--vendor takes a connector type and a URL: hubspot=http://127.0.0.1:9001');
  return [type, url];
};

/** @throws Error with a message for the person at the terminal, when an option is unknown or makes no sense */
export const parseCli = (argv: readonly string[], cwd: string): Cli => {
  const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
    throw new Error('--port takes a number from 0 to 65535');
  }
  return {
    port: Number(values.port),
    dataDir: values.memory ? undefined : resolve(cwd, values['data-dir']),
    assemblyDir: values.assembly === undefined ? undefined : resolve(cwd, values.assembly),
    demo: !values['no-demo'],
    vendors: Object.fromEntries(values.vendor.map(vendorOf)),
    issuer: !values['no-issuer'],
    help: values.help,
  };
};

/** Which vendors are to be brought along: those that are asked for, and for the demo all that are nowhere else. */
export const localVendorsOf = ({ demo, vendors }: Pick<Cli, 'demo' | 'vendors'>): string[] =>
  vendorNames.filter((name) => (vendors[name] ?? (demo ? LOCAL : undefined)) === LOCAL);

export interface OperatorTokens {
  /** The tokens that the API takes; the first is what the sample tenant is made with. */
  readonly tokens: readonly [string, ...string[]];
  /** Whether it was made here, and so has to be shown. */
  readonly generated: boolean;
}

/** The list comes first and the single token counts as well; with neither, a token is made. */
export const operatorTokens = (env: Readonly<Record<string, string | undefined>>): OperatorTokens => {
  const named = [...(env['OPERATOR_TOKENS'] ?? '').split(','), env['OPERATOR_TOKEN'] ?? ''];
  const [first, ...rest] = new Set(named.flatMap((token) => token.trim() || []));
  if (first !== undefined) return { tokens: [first, ...rest], generated: false };
  return { tokens: [`local_${randomBytes(24).toString('base64url')}`], generated: true };
};

/** The stack's parameter: the hash of each token, never a token. */
export const tokenHashes = ({ tokens }: OperatorTokens): string =>
  tokens.map((token) => createHash('sha256').update(token).digest('hex')).join(',');
