import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Caller, callerOf } from '../caller.ts';
import type { Refusal } from '../refusal.ts';
import { type CapacityUnits, isCounted, NO_UNITS } from './capacity.ts';
import { callCounted } from './counted-call.ts';
import { type EngineClient, type EngineReply, endToEndHeaders, engineClient } from './engine-client.ts';
import type { IndexKeysOf } from './index-keys.ts';
import { requestRefusal } from './limits.ts';
import { parseObject, tablesOf, type WireObject } from './wire.ts';

/** One call of the DynamoDB API (not of Streams) and what it is billed on demand, its index writes included. */
export interface DynamoDbCall extends CapacityUnits {
  readonly operation: string;
  readonly tables: readonly string[];
  /** The name in the path of the caller's endpoint; empty when it has none. */
  readonly caller: string;
  readonly status: number;
}

/** The gateway; calls to `${endpoint}/as/<name>` are reported as coming from that name. */
export interface DynamoDbGateway {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** `onCall` has run before the caller sees the reply. */
export interface GatewayOptions {
  readonly engine: string;
  /** Asked about every call; what it answers refuses the call, and is why. */
  readonly authorize?: (caller: Caller, operation: string, request: WireObject) => Refusal | undefined;
  readonly onCall?: (call: DynamoDbCall) => void;
  /** The index keys whose sizes are limited; without it no table has any. */
  readonly indexKeysOf?: IndexKeysOf;
}

const targetOf = (request: IncomingMessage): readonly [api: string, operation: string] => {
  const [api = '', operation = ''] = String(request.headers['x-amz-target']).split('.');
  return [api, operation];
};

const relay = async (
  engine: EngineClient,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const reply = await engine.relay(request);
  response.writeHead(reply.statusCode ?? 500, endToEndHeaders(reply.headers));
  await pipeline(reply, response);
};

const send = (response: ServerResponse, { status, headers, body }: EngineReply): void => {
  response.writeHead(status, { ...endToEndHeaders(headers), 'content-length': body.length });
  response.end(body);
};

const refused = ({ code, message }: Refusal): EngineReply => ({
  status: 400,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: Buffer.from(
    JSON.stringify({ __type: `com.amazon.coral.service#${code}Exception`, Message: message }),
  ),
});

const answer = async (
  engine: EngineClient,
  { onCall, authorize, indexKeysOf = () => [] }: GatewayOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const [api, operation] = targetOf(request);
  const caller = callerOf(request);
  const isStreams = api !== 'DynamoDB_20120810';
  if (isStreams && !authorize) return relay(engine, request, response);
  const bytes = await buffer(request);
  const body = parseObject(bytes.toString());
  const refusal = authorize?.(caller, operation, body ?? {});
  if (refusal) return send(response, refused(refusal));
  if (isStreams) return send(response, await engine.call(request.headers, bytes));
  const beyond = requestRefusal(operation, body ?? {}, bytes.length, indexKeysOf);
  const { reply, units } =
    !beyond && body && isCounted(operation)
      ? await callCounted(engine, operation, request.headers, body)
      : { reply: beyond ?? (await engine.call(request.headers, bytes)), units: NO_UNITS };
  const tables = tablesOf(body ?? {});
  onCall?.({ operation, tables, caller: caller.name, ...units, status: reply.status });
  send(response, reply);
};

const fail = (response: ServerResponse): void => {
  if (response.headersSent) return void response.destroy();
  response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(
    JSON.stringify({
      __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
      message: 'The DynamoDB engine did not answer',
    }),
  );
};

/** Starts a proxy in front of the engine on a free loopback port; it counts what every call would be billed. */
export const startDynamoDbGateway = async (options: GatewayOptions): Promise<DynamoDbGateway> => {
  const engine = engineClient(options.engine);
  const server = createServer((request, response) => {
    answer(engine, options, request, response).catch(() => fail(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      engine.close();
    },
  };
};
