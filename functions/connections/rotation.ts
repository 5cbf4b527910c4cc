import type { SecretField } from './record.ts';
import type { SecretVersion } from './secrets.ts';

export interface Rotation {
  /** The fields that get a new version. */
  readonly names: readonly string[];
  readonly version: number;
  readonly nowMs: number;
  /** How long the versions that were there stay valid; 0 ends them at once. */
  readonly overlapMs: number;
  /** When the new versions end at the other side; RFC 3339, absent when that is not known. */
  readonly expiresAt?: string | undefined;
}

export interface Rotated {
  readonly fields: Readonly<Record<string, SecretField>>;
  /** Versions that are valid for a while yet, each with its end in epoch ms. */
  readonly retired: readonly (SecretVersion & { readonly untilMs: number })[];
  /** Versions that are valid no more. */
  readonly ended: readonly SecretVersion[];
}

type Fields = Readonly<Record<string, SecretField>>;

// Each is one more signature on every delivery.
const PREVIOUS_MAX = 3;

/** The versions that a field had before, none of them valid for longer than the overlap says. */
const previousOf = (field: SecretField, untilMs: number) => [
  { version: field.version, untilMs },
  ...(field.previous ?? []).map(({ version, until }) => ({
    version,
    untilMs: Math.min(Date.parse(until), untilMs),
  })),
];

/** What becomes of a connection's secret fields when some are given a new version; pure. */
export const rotate = (
  before: Fields,
  { names, version, nowMs, overlapMs, expiresAt }: Rotation,
): Rotated => {
  const created_at = new Date(nowMs).toISOString();
  const parts = names.map((name) => {
    const field = before[name];
    const previous = field === undefined ? [] : previousOf(field, nowMs + overlapMs);
    const valid = previous.filter(({ untilMs }) => untilMs > nowMs).slice(0, PREVIOUS_MAX);
    return { name, valid, ended: previous.filter((one) => !valid.includes(one)) };
  });
  const after = parts.map(({ name, valid }) => {
    const previous = valid.map((one) => ({
      version: one.version,
      until: new Date(one.untilMs).toISOString(),
    }));
    const expires = expiresAt === undefined ? {} : { expires_at: expiresAt };
    return [name, { version, created_at, ...expires, ...(previous.length === 0 ? {} : { previous }) }];
  });
  return {
    fields: { ...before, ...Object.fromEntries(after) },
    retired: parts.flatMap(({ name, valid }) => valid.map((one) => ({ name, ...one }))),
    ended: parts.flatMap(({ name, ended }) => ended.map((one) => ({ name, version: one.version }))),
  };
};

/** Every version that may still be stored. */
export const allVersions = (fields: Fields): SecretVersion[] =>
  Object.entries(fields).flatMap(([name, field]) => [
    { name, version: field.version },
    ...(field.previous ?? []).map(({ version }) => ({ name, version })),
  ]);
