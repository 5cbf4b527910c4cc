import { describe, expect, it } from 'vitest';
import { fromAssembly, resources, stringsIn, template } from './template.ts';

const parameters = Object.entries<{ Default?: string; NoEcho?: boolean }>(template.Parameters);
const secretive = parameters.filter(([name]) => /token|secret|password|credential/i.test(name));

const tokens = [
  /AKIA[0-9A-Z]{16}/,
  /-----BEGIN/,
  /\beyJ[\w-]+\.[\w-]+\./,
  /\b(?:whsec|ghp|gho|glpat|xox[abp]|sk|pk|pat)[-_][\w-]{8,}/,
  /\bBearer\s+\S/i,
  /:\/\/[^/\s]+:[^/\s]+@/,
];

const logicalIds = resources.map(({ id }) => id);

/** Long runs with digits in them that are neither names of this template nor the hash of an asset. */
const unexplained = (text: string) =>
  (text.match(/[A-Za-z0-9+/_=]{32,}/g) ?? []).filter(
    (run) => /\d/.test(run) && !logicalIds.some((id) => id.includes(run)) && !/^[0-9a-f]{64}$/.test(run),
  );

describe('the template', () => {
  it('has a parameter that hides what it is given, and gives no secret a default', () => {
    expect(secretive.map(([name]) => name)).toEqual(['OperatorTokenHashes']);
    for (const [, { Default, NoEcho }] of secretive) {
      expect(NoEcho).toBe(true);
      expect(Default ?? '').toBe('');
    }
  });

  it('refuses loopback destinations unless someone asks for them', () => {
    expect(template.Parameters.LoopbackDestinations.Default).toBe('refuse');
  });

  it('holds nothing that looks like a token', () => {
    const found = stringsIn(template).filter(([, text]) => tokens.some((token) => token.test(text)));
    expect(found).toEqual([]);
  });

  it('holds no long random text, the hashes of its assets apart', () => {
    // A description is prose and a hash may stand in the name of an asset alone.
    const found = stringsIn(template).filter(
      ([path, text]) =>
        unexplained(text).length > 0 || (/[0-9a-f]{64}/.test(text) && !path.endsWith('/S3Key')),
    );
    expect(found.map(([path]) => path)).toEqual([]);
  });

  it('knows no account and no region, so it deploys to any', () => {
    const { artifacts, missing } = fromAssembly('manifest.json');
    expect(artifacts.Crossdock.environment).toBe('aws://unknown-account/unknown-region');
    expect(missing).toBeUndefined();
    const placed = stringsIn(template).filter(([, text]) =>
      /(?<![0-9a-f])\d{12}(?![0-9a-f])|\b(?:us|eu|ap|sa|ca|me|af|il)-[a-z]+-\d\b/.test(text),
    );
    expect(placed).toEqual([]);
  });

  it('shows the address of the API, the topic of alarms and the ids of its user pool, and nothing else', () => {
    expect(Object.keys(template.Outputs).toSorted()).toEqual([
      'AlarmTopicArn',
      'ApiUrl',
      'UserPoolClientId',
      'UserPoolId',
    ]);
  });
});
