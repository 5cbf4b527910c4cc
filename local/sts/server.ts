import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { callerOf } from '../caller.ts';
import type { Refusal } from '../refusal.ts';
import { OPERATIONS, type StsDeps } from './operations.ts';
import { StsError } from './sts-error.ts';
import { xmlDocument } from './xml.ts';

/** A running STS. Calls to `${endpoint}/as/<name>` come from the function of that name. */
export interface StsServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly requestId: string;
  readonly body: string;
}

// From memory, with the status 403 and the code InvalidAction: AWS documents them for all services at once, under other names.
const CODES: Readonly<Record<Refusal['code'], string>> = {
  AccessDenied: 'AccessDenied',
  ExpiredToken: 'ExpiredToken',
  UnrecognizedClient: 'InvalidClientTokenId',
};

const run = (deps: StsDeps, request: IncomingMessage, body: string): Reply => {
  const form = new URLSearchParams(body);
  const action = form.get('Action') ?? '';
  const operation = OPERATIONS.get(action);
  if (!operation)
    throw new StsError('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
  const { principal, refusal } = deps.sessions.identify(callerOf(request));
  if (refusal) throw new StsError(CODES[refusal.code], refusal.message, 403);
  const result = operation(deps, principal, form);
  const requestId = randomUUID();
  const tree = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  return { status: 200, requestId, body: xmlDocument(`${action}Response`, tree) };
};

const failed = (error: unknown): Reply => {
  const known = error instanceof StsError;
  const requestId = randomUUID();
  const { code, status } = known ? error : { code: 'InternalFailure', status: 500 };
  const tree = {
    Error: {
      Type: known ? 'Sender' : 'Receiver',
      Code: code,
      Message: known ? error.message : String(error),
    },
    RequestId: requestId,
  };
  return { status, requestId, body: xmlDocument('ErrorResponse', tree) };
};

const send = (response: ServerResponse, { status, requestId, body }: Reply): void => {
  response.writeHead(status, {
    'content-type': 'text/xml',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  });
  response.end(body);
};

/** Starts STS on a free loopback port. It verifies no signature: whoever reaches it is who the endpoint says. */
export const startSts = async (deps: StsDeps): Promise<StsServer> => {
  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const body = await text(request);
    try {
      return run(deps, request, body);
    } catch (error) {
      return failed(error);
    }
  };
  const server = createServer((request, response) => {
    answer(request).then(
      (reply) => send(response, reply),
      () => response.destroy(),
    );
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
    },
  };
};
