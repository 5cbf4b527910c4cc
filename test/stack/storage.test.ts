import { describe, expect, it } from 'vitest';
import { idsOf, mappings, ofType, template } from './template.ts';

const tables = ofType('AWS::DynamoDB::Table');
const named = (name: string) => tables.filter(({ id }) => id.startsWith(`Storage${name}`));

describe('tables', () => {
  it('are the five that are there of the design', () => {
    expect(idsOf(tables).map((id) => id.replace(/^Storage|[0-9A-F]{8}$/g, ''))).toEqual([
      'Connections',
      'Secrets',
      'Outbox',
      'Deliveries',
      'Limits',
    ]);
  });

  it('cost nothing at rest, can be restored to any second, and cannot be deleted by mistake', () => {
    for (const { id, properties } of tables) {
      expect(properties.BillingMode).toBe('PAY_PER_REQUEST');
      expect(properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
      expect(properties.DeletionProtectionEnabled).toBe(true);
      expect(template.Resources[id].DeletionPolicy).toBe('Retain');
      expect(template.Resources[id].UpdateReplacePolicy).toBe('Retain');
    }
  });

  it('have sparse indexes alone, none of which an event that is delivered at once is ever in', () => {
    const indexes = tables.flatMap(({ properties }) => properties.GlobalSecondaryIndexes ?? []);
    expect(indexes.map(({ IndexName }) => IndexName)).toEqual(['platform', 'waiting', 'parked']);
    expect(named('Outbox').filter(({ properties }) => properties.GlobalSecondaryIndexes)).toEqual([]);
    expect(tables.filter(({ properties }) => properties.LocalSecondaryIndexes !== undefined)).toEqual([]);
  });

  it('list connections and activity across tenants in one index, which holds keys alone', () => {
    const [{ properties } = { properties: undefined }] = named('Connections');
    expect(properties.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: 'platform',
        KeySchema: [
          { AttributeName: 'platform', KeyType: 'HASH' },
          { AttributeName: 'platform_at', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ]);
  });

  it('have a name that CloudFormation chooses, so that one can be replaced', () => {
    expect(tables.filter(({ properties }) => properties.TableName !== undefined)).toEqual([]);
  });

  it('stream the outbox, and it alone, as it was written', () => {
    const streaming = tables.filter(({ properties }) => properties.StreamSpecification !== undefined);
    expect(streaming).toEqual(named('Outbox'));
    expect(streaming[0]?.properties.StreamSpecification).toEqual({ StreamViewType: 'NEW_IMAGE' });
    const sources = mappings.map(({ source }) => source.id);
    expect(streaming.filter(({ id }) => !sources.includes(id))).toEqual([]);
  });

  it('let items expire that say when', () => {
    const ttls = tables.map(({ properties }) => properties.TimeToLiveSpecification);
    expect(ttls).toEqual(tables.map(() => ({ AttributeName: 'expires', Enabled: true })));
  });
});

describe('the key', () => {
  it('is one, rotates, and outlives the stack', () => {
    const keys = ofType('AWS::KMS::Key');
    expect(keys.map(({ properties }) => properties.EnableKeyRotation)).toEqual([true]);
    expect(keys.map(({ id }) => template.Resources[id].DeletionPolicy)).toEqual(['Retain']);
  });
});
