import { describe, expect, it } from 'vitest';
import { presentHealth } from '#functions/connections/health.ts';
import type { ConnectionRecord } from '#functions/connections/record.ts';

const failed = { code: 'check_failed', detail: 'http_503' } as const;
const drifted = { code: 'config_invalid', field: 'config.url', detail: 'is required' } as const;
const errors = [{ field: 'config.url', message: 'is required' }];

const health = (
  state: ConnectionRecord['state'],
  status: ConnectionRecord['health']['status'],
  ...reasons: ConnectionRecord['health']['reasons']
) => ({ state, health: { status, reasons } });

describe('the present health of a connection', () => {
  it('is degraded by drift in use, beside what the last check has found', () => {
    for (const state of ['enabled', 'disabled'] as const) {
      const found = presentHealth(health(state, 'degraded', failed), errors);
      expect(found).toEqual({ status: 'degraded', reasons: [drifted, failed] });
      expect(presentHealth(health(state, 'ok'), errors).status).toBe('degraded');
    }
  });

  it('is degraded by a grant that has ended at the vendor, and says that it needs a new one', () => {
    const ended = [{ field: 'authorization', message: 'has ended at the vendor: POST /connect/github' }];
    expect(presentHealth(health('enabled', 'ok'), ended)).toEqual({
      status: 'degraded',
      reasons: [{ code: 'needs_reauth', field: 'authorization', detail: ended[0]?.message }],
    });
  });

  it('is unknown of a draft that is incomplete, and of what is revoked', () => {
    for (const state of ['draft', 'revoked'] as const) {
      expect(presentHealth(health(state, 'unknown'), errors)).toEqual({ status: 'unknown', reasons: [] });
    }
  });

  it('forgets a drift that was noted once it is over, and no failed check', () => {
    expect(presentHealth(health('enabled', 'degraded', drifted), [])).toEqual({
      status: 'unknown',
      reasons: [],
    });
    expect(presentHealth(health('enabled', 'degraded', drifted, failed), [])).toEqual({
      status: 'degraded',
      reasons: [failed],
    });
    expect(presentHealth(health('enabled', 'ok'), [])).toEqual({ status: 'ok', reasons: [] });
  });
});
