import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { parseObject, tablesOf } from '../dynamodb/wire.ts';
import type { Call, Worker } from './call.ts';
import { makeForward, type Reply } from './exchange.ts';
import type { Faults } from './fault.ts';
import { passOn, strike } from './strike.ts';

/** The services of AWS that functions call by HTTP. */
type Service = 'dynamodb' | 'sqs' | 'kms' | 'sts';

export interface WireOptions {
  readonly faults: Faults;
  /** Base URLs of the services, asked at each call; without any, the wire leads to destinations alone. */
  readonly services?: () => Readonly<Record<Service, string>>;
  readonly kill: (worker: Worker) => void;
  /** Told what went wrong with a call that no fault explains. */
  readonly onError?: (error: unknown) => void;
}

/** What lies between the functions and everything that they call, so that a fault can strike there. */
export interface Wire {
  /** A queue's URL over the wire: the SDK sends to the origin that stands there, wherever it was told that the service is. */
  readonly queueUrl: (url: string) => string;
  /** Where one execution environment finds a service. */
  readonly endpoint: (service: Service, worker: Worker) => string;
  /** An address that leads to a destination at `url` over the wire. */
  readonly destination: (url: string) => string;
  readonly close: () => Promise<void>;
}

interface Address {
  readonly service: Service | 'destination';
  readonly worker: Worker;
  readonly url: string;
}

const PATH = /^\/(dynamodb|sqs|kms|sts)\/as\/([^/]+)\/([^/]+)(\/.*)?$/;
const DESTINATION = /^\/destination\/([^/?]+)/;
const NOBODY: Worker = { functionName: '', environmentId: '' };

const addressOf = (path: string, services: WireOptions['services']): Address | undefined => {
  const [, target] = DESTINATION.exec(path) ?? [];
  if (target !== undefined)
    return { service: 'destination', worker: NOBODY, url: decodeURIComponent(target) };
  const [, name, functionName = '', environmentId = ''] = PATH.exec(path) ?? [];
  if (name === undefined || !services) return undefined;
  const service = name as Service;
  const url = `${services()[service]}/as/${functionName}/`;
  return { service, worker: { functionName: decodeURIComponent(functionName), environmentId }, url };
};

const resourceOf = (service: Address['service'], text: string): string => {
  if (service !== 'dynamodb' && service !== 'sqs') return '';
  const request = parseObject(text) ?? {};
  return service === 'dynamodb'
    ? tablesOf(request).join(',')
    : String(request['QueueUrl'] ?? '').replace(/^.*\//, '');
};

/** The last word of the target, as in `DynamoDB_20120810.PutItem`; STS names its action in a form. */
const operationOf = (headers: IncomingHttpHeaders, text: string): string => {
  const target = headers['x-amz-target'];
  if (target === undefined) return new URLSearchParams(text).get('Action') ?? '';
  return String(target).split('.').at(-1) ?? '';
};

const callOf = ({ service, worker }: Address, { headers, method }: IncomingMessage, text: string): Call => {
  const operation = service === 'destination' ? (method ?? '') : operationOf(headers, text);
  return { service, operation, resource: resourceOf(service, text), ...worker, text };
};

const carry = async (
  options: WireOptions,
  forward: ReturnType<typeof makeForward>['forward'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const address = addressOf(request.url ?? '/', options.services);
  if (!address) return void response.writeHead(404).end();
  const body = await buffer(request);
  const { headers, method = 'POST' } = request;
  const onward = (changed?: string): Promise<Reply> =>
    forward({ method, url: address.url, headers, body: changed ?? body });
  const call = callOf(address, request, body.toString());
  const fault = options.faults.at(call);
  if (!fault) return passOn({ response }, await onward());
  await strike({ call, response, forward: onward, kill: options.kill }, fault);
};

/** Starts the wire on a loopback port that the system chooses. A service that cannot be reached looks like a broken connection. */
export const startWire = async (options: WireOptions): Promise<Wire> => {
  const { forward, close } = makeForward();
  const server = createServer((request, response) => {
    carry(options, forward, request, response).catch((error) => {
      response.destroy();
      options.onError?.(error);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    queueUrl: (url) => `${origin}${new URL(url).pathname}`,
    endpoint: (service, { functionName, environmentId }) =>
      `${origin}/${service}/as/${encodeURIComponent(functionName)}/${environmentId}`,
    destination: (url) => `${origin}/destination/${encodeURIComponent(url)}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      close();
    },
  };
};
