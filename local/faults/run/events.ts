/**
 * What a destination does with an event: takes it, is busy once (503 with a Retry-After of a second, or of more than a message can
 * be delayed), fails once (500), or refuses it for good (400).
 */
export const KINDS = ['fine', 'busy', 'late', 'flaky', 'refused'] as const;
export type Kind = (typeof KINDS)[number];

/** What each kind must end as. */
export const ENDING = {
  fine: 'delivered',
  busy: 'delivered',
  late: 'delivered',
  flaky: 'delivered',
  refused: 'quarantined http_400',
} as const satisfies Record<Kind, string>;

/** An event of the run. Its name is its idempotency key and, as `cmp_<name>`, its subject. */
export interface RunEvent {
  readonly name: string;
  readonly kind: Kind;
  readonly tenantId: string;
}

/** Of ten events, six are fine, and one is of each other kind. */
const KIND_OF_TEN: readonly Kind[] = [
  'fine',
  'busy',
  'fine',
  'fine',
  'flaky',
  'fine',
  'late',
  'refused',
  'fine',
  'fine',
];

/** `count` events, dealt out over the tenants so that each has some of every kind. */
export const runEvents = (count: number, tenantIds: readonly string[]): readonly RunEvent[] =>
  Array.from({ length: count }, (_, index) => {
    const kind = KIND_OF_TEN[index % KIND_OF_TEN.length] ?? 'fine';
    const tenantId = tenantIds[Math.floor(index / KIND_OF_TEN.length) % tenantIds.length] ?? '';
    return { name: `${kind}-${index}`, kind, tenantId };
  });

/** The event as it is published. */
export const publication = ({ name }: RunEvent) => ({
  event_type: 'company.updated',
  schema_version: 'v1',
  occurred_at: '2026-11-20T08:30:00.000Z',
  idempotency_key: name,
  data: { company_id: `cmp_${name}`, name: 'Example Industries', domain: 'example.com' },
});

/** A UUID that follows from seed and number alone, so that ids of a run are those of its repetition. */
export const tenantIdOf = (seed: number, number: number): string => {
  const hex = (value: number, digits: number) => (value % 16 ** digits).toString(16).padStart(digits, '0');
  return `${hex(seed, 8)}-0000-4000-8000-${hex(number, 12)}`;
};
