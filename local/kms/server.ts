import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Caller, callerOf } from '../caller.ts';
import type { Refusal } from '../refusal.ts';
import { type KeyNames, keyNames } from './key-names.ts';
import { KeyRing, type KeyRingOptions } from './key-ring.ts';
import { KmsError } from './kms-error.ts';
import { OPERATIONS } from './operations.ts';
import type { KmsRequest } from './request-fields.ts';

/** A running KMS. Calls to `${endpoint}/as/<name>` are reported as coming from that name. */
export interface KmsServer {
  readonly endpoint: string;
  /** Creates the key of that uuid when there is none; an existing one keeps its material, so old ciphertexts open. */
  ensureKey(
    id: string,
    properties: { readonly description?: string; readonly rotationEnabled?: boolean },
  ): void;
  /** Points `alias/name` at a key that exists. */
  ensureAlias(name: string, keyId: string): void;
  close(): Promise<void>;
}

/** Account and region must be those of the template. Without `file` the keys are gone when the process ends. */
export interface KmsOptions extends KeyRingOptions {
  readonly onRequest?: (call: { operation: string; caller: string }) => void;
  /** Asked about every request; what it answers refuses it, and is why. */
  readonly authorize?: (
    caller: Caller,
    operation: string,
    request: KmsRequest,
    names: KeyNames,
  ) => Refusal | undefined;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

const operationName = (request: IncomingMessage): string =>
  /^TrentService\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1] ?? '';

const isObject = (value: unknown): value is KmsRequest =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (bytes: Buffer): KmsRequest => {
  try {
    const value: unknown = JSON.parse(bytes.toString() || '{}');
    if (isObject(value)) return value;
  } catch {
    // Falls through: text that is no JSON is refused like JSON that is no object.
  }
  throw new KmsError('SerializationException');
};

type Check = (request: KmsRequest) => Refusal | undefined;

const run = (ring: KeyRing, operation: string, bytes: Buffer, check: Check): Reply => {
  try {
    const execute = OPERATIONS.get(operation);
    if (!execute) throw new KmsError('UnknownOperationException');
    const request = parse(bytes);
    const refusal = check(request);
    if (refusal) throw new KmsError(`${refusal.code}Exception`, refusal.message);
    return { status: 200, body: execute(ring, request) };
  } catch (error) {
    if (!(error instanceof KmsError))
      return { status: 500, body: { __type: 'KMSInternalException', message: String(error) } };
    return { status: 400, body: { __type: error.type, ...(error.text && { message: error.text }) } };
  }
};

const send = (response: ServerResponse, reply: Reply): void => {
  const body = Buffer.from(JSON.stringify(reply.body));
  response.writeHead(reply.status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': body.length,
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
};

/** Starts a KMS on a free loopback port. Rejects when the key file is damaged. */
export const startKms = async (options: KmsOptions): Promise<KmsServer> => {
  const ring = new KeyRing(options);
  const names = keyNames(ring);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const operation = operationName(request);
    const bytes = await buffer(request);
    const caller = callerOf(request);
    options.onRequest?.({ operation, caller: caller.name });
    const check: Check = (body) => options.authorize?.(caller, operation, body, names);
    send(response, run(ring, operation, bytes, check));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    ensureKey: (id, properties) => ring.ensureKey(id, properties),
    ensureAlias: (name, keyId) => ring.ensureAlias(name, keyId),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
