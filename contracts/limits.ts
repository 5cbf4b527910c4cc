/** Sizes in bytes of UTF-8. A function's payload ends at 6 MB, and escaping can nearly double a body on its way. */
export const REQUEST_BYTES_MAX = 2 * 1024 * 1024;
/** An outbox row ends at 400 KB; larger payloads belong behind a link. */
export const EVENT_BYTES_MAX = 128 * 1024;
export const EVENTS_MAX = 100;
