import type { IncomingHttpHeaders } from 'node:http';
import { type CapacityUnits, NO_UNITS, refusedUnits, reportedUnits } from './capacity.ts';
import type { EngineClient, EngineReply } from './engine-client.ts';
import { readRefusal } from './limits.ts';
import { meterRequest } from './metering.ts';
import { parseObject, type WireObject } from './wire.ts';

const encode = (object: WireObject): Buffer => Buffer.from(JSON.stringify(object));

const decode = (body: Buffer): WireObject => parseObject(body.toString()) ?? {};

const withBody = (reply: EngineReply, body: WireObject): EngineReply => {
  const headers = { ...reply.headers };
  // The checksum is of the bytes that the engine sent.
  delete headers['x-amz-crc32'];
  return { ...reply, headers, body: encode(body) };
};

const unitsOf = (
  operation: string,
  request: WireObject,
  reply: EngineReply,
  body: WireObject,
): CapacityUnits =>
  reply.status === 200 ? reportedUnits(operation, body['ConsumedCapacity']) : refusedUnits(request, body);

/** Sends one request to the engine. Returns the reply the caller would have had without counting, and what it cost. */
export const callCounted = async (
  engine: EngineClient,
  operation: string,
  headers: IncomingHttpHeaders,
  request: WireObject,
): Promise<{ readonly reply: EngineReply; readonly units: CapacityUnits }> => {
  const metered = meterRequest(operation, request);
  const [reply, measured] = await Promise.all([
    engine.call(headers, encode(metered.request)),
    metered.measure && engine.call(headers, encode(metered.measure)),
  ]);
  const body = decode(reply.body);
  const whole = reply.status === 200 && measured?.status === 200 ? decode(measured.body) : body;
  const beyond = readRefusal(operation, whole);
  if (beyond) return { reply: beyond, units: NO_UNITS };
  const visible = metered.withoutExtras(body);
  const units = unitsOf(operation, request, reply, whole);
  return { reply: visible === body ? reply : withBody(reply, visible), units };
};
