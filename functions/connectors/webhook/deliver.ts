import { createHash } from 'node:crypto';
import { mapConcurrently } from '../../platform/concurrency.ts';
import type { AttemptOutcome, DeliveryBatch, DeliveryPorts } from '../define.ts';
import { outcomeOf } from '../outcome.ts';
import { sign } from './signature.ts';

// The Standard Webhooks spec advises a sender to wait 15 to 30 seconds for the whole exchange.
const timeouts = { connectMs: 3_000, headersMs: 10_000, totalMs: 15_000 };
const RESPONSE_BYTES_MAX = 64 * 1024;
const REQUESTS_AT_ONCE = 10;

interface WebhookConfig {
  readonly url: string;
}

/** One signed POST per event. The `webhook-id` is the event's id, so it stays the same over every retry. */
export const deliver = (
  batch: DeliveryBatch<WebhookConfig>,
  ports: DeliveryPorts,
): Promise<AttemptOutcome[]> => {
  const secrets = batch.secrets.flatMap((version) => version['signing_secret']?.reveal() ?? []);
  return mapConcurrently(batch.envelopes, REQUESTS_AT_ONCE, async (envelope) => {
    const body = Buffer.from(JSON.stringify(envelope));
    const timestampSeconds = Math.floor(ports.now() / 1000);
    const result = await ports.http.send({
      method: 'POST',
      url: batch.config.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Crossdock-Webhook/1',
        ...sign({ id: envelope.event_id, timestampSeconds, body, secrets }),
      },
      body,
      timeouts,
      responseBytesMax: RESPONSE_BYTES_MAX,
    });
    return {
      ...outcomeOf(result, ports.now()),
      durationMs: result.durationMs,
      bodySha256: createHash('sha256').update(body).digest('hex'),
    };
  });
};
