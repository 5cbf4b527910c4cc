const DAY_SECONDS = 86_400;

/** When what is written at `nowMs` may be forgotten, in epoch seconds as DynamoDB's expiry takes them. */
export const expiresAtSeconds = (nowMs: number, retentionDays: number): number =>
  Math.floor(nowMs / 1000) + retentionDays * DAY_SECONDS;
