import { describe, expect, it } from 'vitest';
import { folderOf, functions, referred, resourceAt } from './template.ts';

const variablesOf = ({ properties }: (typeof functions)[number]): Record<string, unknown> =>
  properties.Environment.Variables;

describe('functions', () => {
  it('run on the Node that the tests run on, on arm64', () => {
    expect(functions.length).toBeGreaterThan(0);
    expect(process.version).toMatch(/^v24\./);
    for (const { properties } of functions) {
      expect(properties.Runtime).toBe('nodejs24.x');
      expect(properties.Architectures).toEqual(['arm64']);
    }
  });

  it('say how long they may take, a minute at most, and how much memory they get', () => {
    for (const { properties } of functions) {
      expect(properties.Timeout).toBeGreaterThan(0);
      expect(properties.Timeout).toBeLessThanOrEqual(60);
      expect(properties.MemorySize).toBeGreaterThanOrEqual(256);
    }
  });

  it('log each to a group of their own that forgets', () => {
    const groups = functions.map(({ properties }) => resourceAt(properties.LoggingConfig.LogGroup));
    expect(new Set(groups).size).toBe(functions.length);
    for (const { type, properties } of groups) {
      expect(type).toBe('AWS::Logs::LogGroup');
      expect(properties.RetentionInDays).toBeGreaterThan(0);
    }
  });

  it('have a role each', () => {
    const roles = functions.map(({ properties }) => referred(properties.Role));
    expect(new Set(roles).size).toBe(functions.length);
  });

  it('are named to logs and metrics by their folder', () => {
    for (const one of functions) expect(folderOf(one)).toMatch(/^[a-z]+\/[a-z-]+$/);
  });

  it('read no secret from a literal of the template', () => {
    const literal = functions.flatMap((one) =>
      Object.entries(variablesOf(one))
        .filter(([name]) => /TOKEN|SECRET|PASSWORD|KEY|HASH/.test(name))
        .filter(([, value]) => referred(value) === undefined)
        .map(([name]) => `${folderOf(one)}: ${name}`),
    );
    expect(literal).toEqual([]);
  });
});
