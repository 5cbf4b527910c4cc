import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { endToEndHeaders } from '../dynamodb/engine-client.ts';
import type { Call, Worker } from './call.ts';
import type { Reply } from './exchange.ts';
import { cannotStrike, type Fault } from './fault.ts';
import { partialBatch, postponed } from './partial.ts';
import { conflict, type Refusal, throttling } from './refusals.ts';

/** One call on its way over HTTP. */
export interface Struck {
  readonly call: Call;
  readonly response: ServerResponse;
  /** Lets the call take effect, with another body if one is given. */
  readonly forward: (body?: string) => Promise<Reply>;
  readonly kill: (worker: Worker) => void;
}

const hangUp = ({ response }: Struck): void => void response.destroy();

/** Answers what came back. Resolves when it is on its way. */
export const passOn = ({ response }: Pick<Struck, 'response'>, reply: Reply): Promise<void> =>
  new Promise((resolve) => {
    response.once('close', resolve);
    response.writeHead(reply.status, {
      ...endToEndHeaders(reply.headers),
      'content-length': reply.body.length,
    });
    response.end(reply.body, resolve);
  });

const refuse = ({ response }: Struck, { status, headers, body }: Refusal): void => {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
};

const killWorker = async (
  struck: Struck,
  { when, worker = struck.call }: Extract<Fault, { kind: 'kill' }>,
) => {
  if (when === 'after') {
    await passOn(struck, await struck.forward());
    return struck.kill(worker);
  }
  const effect = when === 'during' ? struck.forward().catch(() => {}) : undefined;
  struck.kill(worker);
  await effect;
  hangUp(struck);
};

const failInPart = async (struck: Struck, fails: (entry: string) => boolean): Promise<boolean> => {
  const batch = partialBatch(struck.call, fails);
  if (!batch) return false;
  const reply = batch.request === undefined ? undefined : await struck.forward(batch.request);
  const body = Buffer.from(batch.merge(reply?.body.toString() ?? '{}'));
  // The checksum is of the bytes that the service sent.
  const { 'x-amz-crc32': _, ...headers } = reply?.headers ?? {
    'content-type': 'application/x-amz-json-1.0',
  };
  await passOn(struck, { status: reply?.status ?? 200, headers, body });
  return true;
};

const refuseWith = (struck: Struck, refusal: Refusal | undefined): boolean => {
  if (refusal) refuse(struck, refusal);
  return refusal !== undefined;
};

const comeLater = async (struck: Struck, seconds: number): Promise<boolean> => {
  const body = postponed(struck.call, seconds);
  if (body !== undefined) await passOn(struck, await struck.forward(body));
  return body !== undefined;
};

/** Whether the fault means anything at this call; if so, it has struck. */
const enact = async (struck: Struck, fault: Fault): Promise<boolean> => {
  switch (fault.kind) {
    case 'kill':
      await killWorker(struck, fault);
      return true;
    case 'cut':
      hangUp(struck);
      return true;
    case 'lose_answer':
      await struck.forward();
      hangUp(struck);
      return true;
    case 'delay':
      await pause(fault.ms);
      await passOn(struck, await struck.forward());
      return true;
    case 'throttle':
      return refuseWith(struck, throttling(struck.call));
    case 'conflict':
      return refuseWith(struck, conflict(struck.call));
    case 'partial':
      return failInPart(struck, fault.fails);
    case 'postpone':
      return comeLater(struck, fault.seconds);
    case 'duplicate':
      return false;
  }
};

/** Does to a call what the fault says. @throws Error when it means nothing at that call */
export const strike = async (struck: Struck, fault: Fault): Promise<void> => {
  if (!(await enact(struck, fault))) throw cannotStrike(fault, struck.call);
};
