import type * as z from 'zod';
import { fieldErrors, type Problem, problem } from '#contracts/errors.ts';
import { parseUntrusted } from '../parse-untrusted.ts';
import type { Caller } from './caller.ts';

export interface HttpRequest {
  readonly requestId: string;
  readonly caller: Caller;
  /** The tenant that the call is for; `''` on public routes. */
  readonly tenantId: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly json: unknown;
}

export type HttpReply =
  | { readonly status: number; readonly body: unknown }
  | { readonly problem: Problem; readonly more?: Readonly<Record<string, unknown>> };

/** Answers one route. */
export type Endpoint = (request: HttpRequest) => Promise<HttpReply>;
export type Endpoints = Readonly<Record<string, Endpoint>>;

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
