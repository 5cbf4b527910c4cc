import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Caller, callerOf } from '../caller.ts';
import { SqsError } from './errors.ts';
import { type Input, recordOf } from './fields.ts';

/** One HTTP request, read to its end. */
interface WireRequest {
  readonly operation: string;
  readonly queue: string;
  readonly caller: Caller;
  readonly input: Input;
}

const TARGET = /^AmazonSQS\.(\w+)$/;

const afterLast = (value: unknown, separator: string): string | undefined =>
  typeof value === 'string' ? value.slice(value.lastIndexOf(separator) + 1) : undefined;

const queueNameOf = (input: Input): string =>
  afterLast(input['QueueUrl'], '/') ??
  afterLast(input['QueueName'], '/') ??
  afterLast(input['SourceArn'], ':') ??
  '';

const bodyOf = async (request: IncomingMessage): Promise<Input> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return recordOf(JSON.parse(Buffer.concat(chunks).toString() || '{}'), 'The request');
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new SqsError('SerializationException', 'The request is not JSON.');
    throw error;
  }
};

/** Reads an AWS JSON 1.0 request; throws `SqsError` when its body is no JSON object. */
export const readRequest = async (request: IncomingMessage): Promise<WireRequest> => {
  const input = await bodyOf(request);
  return {
    operation: TARGET.exec(String(request.headers['x-amz-target']))?.[1] ?? '',
    queue: queueNameOf(input),
    caller: callerOf(request),
    input,
  };
};

/** Replies `body` as AWS JSON 1.0. */
export const writeReply = (
  response: ServerResponse,
  body: object,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
    ...headers,
  });
  response.end(text);
};

/** Replies a refusal as SQS words it; anything else than an `SqsError` is a bug and becomes a 500. */
export const writeError = (response: ServerResponse, error: unknown): void => {
  if (error instanceof SqsError) {
    const body = { __type: `com.amazonaws.sqs#${error.code}`, message: error.message };
    writeReply(response, body, error.status, { 'x-amzn-query-error': `${error.queryCode};Sender` });
    return;
  }
  const body = { __type: 'com.amazonaws.sqs#InternalFailure', message: String(error) };
  writeReply(response, body, 500, { 'x-amzn-query-error': 'InternalFailure;Receiver' });
};
