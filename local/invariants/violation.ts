/** Something that must never be, found in the tables and queues. */
export interface Violation {
  readonly rule:
    | 'event_without_delivery'
    | 'delivery_without_event'
    | 'delivery_of_draft'
    | 'delivery_out_of_scope'
    | 'event_without_page'
    | 'delivery_stuck'
    | 'parked_without_note'
    | 'delivery_not_over'
    | 'lane_not_empty'
    | 'quarantined_without_message'
    | 'quarantine_without_delivery'
    | 'moved_by_queue'
    | 'connection_without_secrets'
    | 'connection_without_principal'
    | 'grants_of_revoked'
    | 'secrets_of_revoked'
    | 'secrets_without_connection'
    | 'key_without_tenant';
  /** What is wrong, as a sentence. */
  readonly says: string;
  /** What it is wrong with: ids and keys by name. */
  readonly ids: Readonly<Record<string, string>>;
}
