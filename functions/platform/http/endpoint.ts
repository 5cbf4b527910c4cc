import type * as z from 'zod';
import { fieldErrors, type Problem, problem } from '#contracts/errors.ts';
import { parseUntrusted } from '../parse-untrusted.ts';

export interface HttpRequest {
  readonly requestId: string;
  /** The tenant that the call is for; `''` on routes that are for no tenant. */
  readonly tenantId: string;
  /** Who calls, as activity records it; `''` on public routes. */
  readonly actor: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The query string; a name that comes twice has its values joined by a comma. */
  readonly query: Readonly<Record<string, string>>;
  readonly json: unknown;
}

export type HttpReply =
  | { readonly status: number; readonly body: unknown }
  | { readonly problem: Problem; readonly more?: Readonly<Record<string, unknown>> };

/** Answers one route. */
export type Endpoint = (request: HttpRequest) => Promise<HttpReply>;
export type Endpoints = Readonly<Record<string, Endpoint>>;

/** What a use case answers as a reply: its result under `status`, or the problem that it is. */
export const replyOf = (status: number, result: object | Problem): HttpReply =>
  'code' in result ? { problem: result } : { status, body: result };

/** Checks the query string against `schema` before `run` sees it. */
export const withQuery =
  <T extends z.ZodType>(
    schema: T,
    run: (request: HttpRequest, query: z.infer<T>) => Promise<HttpReply>,
  ): Endpoint =>
  async (request) => {
    const query = parseUntrusted(schema, request.query);
    if (!query.success) return { problem: problem('request.invalid', { errors: fieldErrors(query.error) }) };
    return run(request, query.data);
  };

/** Checks the body against `schema` before `run` sees it. */
export const withBody =
  <T extends z.ZodType>(
    schema: T,
    run: (request: HttpRequest, body: z.infer<T>) => Promise<HttpReply>,
  ): Endpoint =>
  async (request) => {
    const body = parseUntrusted(schema, request.json);
    if (!body.success) return { problem: problem('request.invalid', { errors: fieldErrors(body.error) }) };
    return run(request, body.data);
  };
