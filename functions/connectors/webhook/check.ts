import type { CheckInput, CheckOutcome, DeliveryPorts } from '../define.ts';

// As for a delivery, but for an impatient caller.
const timeouts = { connectMs: 3_000, headersMs: 5_000, totalMs: 8_000 };
const NOT_IMPLEMENTED = 501;

/** A redirect would refuse every delivery, and a 5xx says that nobody is at home; what a HEAD is worth is up to each. */
const isFailure = (status: number) =>
  (status >= 300 && status < 400) || (status >= 500 && status !== NOT_IMPLEMENTED);

/**
 * Resolves and dials the endpoint as a delivery would, and asks for its headers alone. Any answer proves name, route
 * and certificate; it does not prove that events are taken, which only an event could.
 */
export const check = async (
  { config }: CheckInput<{ readonly url: string }>,
  { http }: DeliveryPorts,
): Promise<CheckOutcome> => {
  const result = await http.send({
    method: 'HEAD',
    url: config.url,
    headers: { 'user-agent': 'Crossdock-Webhook/1' },
    timeouts,
    responseBytesMax: 0,
  });
  const diagnostics = { method: 'HEAD', duration_ms: Math.round(result.durationMs) };
  if (result.outcome === 'failed') return { code: result.code, diagnostics };
  const { status } = result;
  const answered = { ...diagnostics, http_status: status };
  return isFailure(status) ? { code: `http_${status}`, diagnostics: answered } : { diagnostics: answered };
};
