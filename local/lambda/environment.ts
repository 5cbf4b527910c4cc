import { parentPort, workerData } from 'node:worker_threads';
import type { EnvironmentMessage, EnvironmentRequest, EnvironmentSettings } from './environment-messages.ts';
import type { FunctionError } from './invoke-result.ts';
import { shiftDates } from './shifted-dates.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const RESPONSE_BYTES_MAX = 6_291_556;
const settings = workerData as EnvironmentSettings;
if (settings.timeOffset) shiftDates(settings.timeOffset);

// The cache serves this file and the bundle; the function must see only the variables that it was given.
delete process.env['NODE_COMPILE_CACHE'];

const send = (message: EnvironmentMessage): void => parentPort?.postMessage(message);

const failure = (errorType: string, errorMessage: string): Error =>
  Object.assign(new Error(errorMessage), { name: errorType });

const describeError = (thrown: unknown, errorType?: string): FunctionError => ({
  errorType: errorType ?? (thrown instanceof Error ? thrown.name : typeof thrown),
  errorMessage: thrown instanceof Error ? thrown.message : String(thrown),
});

const report = (title: string, thrown: unknown): void => {
  const stack = thrown instanceof Error ? thrown.stack?.split('\n') : undefined;
  send({ type: 'log', text: `ERROR\t${title}\t${JSON.stringify({ ...describeError(thrown), stack })}\n` });
};

const crash = (title: string, thrown: unknown, errorType?: string): never => {
  report(title, thrown);
  send({ type: 'crashed', error: describeError(thrown, errorType) });
  process.exit(1);
};

// A worker's own stdout needs the event loop of both sides; a busy loop that is killed would take its last lines with it.
for (const stream of [process.stdout, process.stderr]) {
  const write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    send({ type: 'log', text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString() });
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') queueMicrotask(() => done());
    return true;
  };
  stream.write = write as typeof stream.write;
}

const follow = (root: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], root);

const loadHandler = async (): Promise<Handler> => {
  const module = (await import(settings.fileUrl)) as { default?: unknown };
  const found = follow(module, settings.exportPath) ?? follow(module.default, settings.exportPath);
  if (typeof found !== 'function') {
    throw failure('Runtime.HandlerNotFound', `${settings.exportPath} is undefined or not exported`);
  }
  if (found.length >= 3) {
    throw failure(
      'Runtime.CallbackHandlerDeprecated',
      'Node.js 24 does not call handlers that take a callback',
    );
  }
  return found as Handler;
};

const initErrorType = (thrown: unknown): string | undefined => {
  if (thrown instanceof SyntaxError) return 'Runtime.UserCodeSyntaxError';
  const code = (thrown as { code?: unknown } | undefined)?.code;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    ? 'Runtime.ImportModuleError'
    : undefined;
};

const contextOf = (request: EnvironmentRequest): object => {
  const deadlineMs = performance.now() + request.timeoutMs;
  return {
    awsRequestId: request.requestId,
    functionName: settings.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: settings.functionArn,
    memoryLimitInMB: String(settings.memoryMb),
    logGroupName: `/aws/lambda/${settings.functionName}`,
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? 'local',
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadlineMs - performance.now())),
  };
};

const payloadOf = (result: unknown): string => {
  let json: string | undefined;
  try {
    json = JSON.stringify(result);
  } catch (thrown) {
    throw failure(
      'Runtime.MarshalError',
      `Unable to stringify response body: ${describeError(thrown).errorMessage}`,
    );
  }
  const payload = json ?? 'null';
  if (Buffer.byteLength(payload) <= RESPONSE_BYTES_MAX) return payload;
  throw failure(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).`,
  );
};

const answer = async (handler: Handler, request: EnvironmentRequest): Promise<void> => {
  const { requestId } = request;
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  process.env['_X_AMZN_TRACE_ID'] = `Root=1-${seconds}-${requestId.replaceAll('-', '').slice(0, 24)}`;
  try {
    const result = await handler(JSON.parse(request.eventJson), contextOf(request));
    send({ type: 'answered', requestId, payloadJson: payloadOf(result) });
  } catch (thrown) {
    report('Invoke Error', thrown);
    send({ type: 'failed', requestId, error: describeError(thrown) });
  }
};

process.on('uncaughtException', (thrown) => crash('Uncaught Exception', thrown));
process.on('unhandledRejection', (reason) =>
  crash('Unhandled Promise Rejection', reason, 'Runtime.UnhandledPromiseRejection'),
);

const handler = await loadHandler().catch((thrown) => crash('Init Error', thrown, initErrorType(thrown)));
parentPort?.on('message', (request: EnvironmentRequest) => void answer(handler, request));
send({ type: 'ready' });
