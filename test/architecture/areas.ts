interface Area {
  /** The folder that it governs. */
  readonly folder: string;
  /** Folders and files that it may import. */
  readonly imports: readonly string[];
  /** Those of which it may import types alone. */
  readonly types?: readonly string[];
}

const base = ['contracts', 'functions/platform', 'functions/connectors'];

/** What connections, identity and the flows publish to one another. */
const published = ['connections', 'identity', 'outbound', 'inbound', 'sync'].map(
  (folder) => `functions/${folder}/index.ts`,
);

const flow = (name: string): Area => ({
  folder: `functions/${name}`,
  imports: [...base, ...published, `functions/${name}`],
});

/** DESIGN in one table: which way imports run. What is not listed is refused. */
const areas: readonly Area[] = [
  { folder: 'contracts', imports: ['contracts'] },
  { folder: 'functions/platform', imports: ['contracts', 'functions/platform'] },
  { folder: 'functions/connectors', imports: base },
  { folder: 'functions/connections', imports: [...base, 'functions/connections'] },
  { folder: 'functions/identity', imports: [...base, 'functions/identity'] },
  flow('outbound'),
  flow('inbound'),
  flow('sync'),
  flow('api'),
  { folder: 'lib', imports: ['contracts', 'lib'], types: ['functions'] },
  { folder: 'local', imports: ['local'] },
  { folder: 'bench', imports: ['bench', 'local', 'contracts'] },
  { folder: 'bin', imports: ['contracts', 'lib', 'local', 'bench', 'functions/connectors/all.ts'] },
];

const within = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

/** Whether the file at `importer` may import the file at `target`; both are paths from the project's root. */
export const mayImport = (importer: string, target: string, typesOnly: boolean): boolean => {
  const area = areas.find(({ folder }) => within(importer, folder));
  if (!area) return false;
  const allowed = typesOnly ? [...area.imports, ...(area.types ?? [])] : area.imports;
  return allowed.some((place) => within(target, place));
};

const connectorFolder = (path: string) => /^functions\/connectors\/([^/]+)\//.exec(path)?.[1];

/** Whether a connector reaches into another's folder. */
export const crossesConnectors = (importer: string, target: string): boolean => {
  const [own, other] = [connectorFolder(importer), connectorFolder(target)];
  return own !== undefined && other !== undefined && own !== other;
};

/** A Lambda function's entry, which nothing but the bundler reads. */
export const isHandler = (path: string): boolean =>
  /^functions\/.*\/handler\.ts$/.test(path) && !path.startsWith('functions/platform/');
