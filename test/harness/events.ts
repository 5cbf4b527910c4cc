/** A valid event; `changes` go into its data. */
export const companyUpdated = (key: string, changes: Record<string, unknown> = {}) => ({
  event_type: 'company.updated',
  schema_version: 'v1',
  occurred_at: '2026-11-20T08:30:00.000Z',
  idempotency_key: key,
  data: { company_id: `cmp_${key}`, name: 'Example Industries', domain: 'example.com', ...changes },
});
