import * as z from 'zod';
import { fieldErrors, problem } from '#contracts/errors.ts';
import { type Scoped, ScopeId } from '#contracts/scopes.ts';
import type { Endpoint, HttpReply, HttpRequest } from '../platform/http/endpoint.ts';

const Path = z.object({ occasion_id: ScopeId });

/** Reads the occasion that a planner's path names before `run` acts in its scope; one that is malformed is refused. */
export const inOccasion =
  (run: (request: HttpRequest, scope: Scoped) => Promise<HttpReply>): Endpoint =>
  async (request) => {
    const path = Path.safeParse(request.parameters);
    if (!path.success) return { problem: problem('request.invalid', { errors: fieldErrors(path.error) }) };
    return run(request, { scope: 'occasion', scope_id: path.data.occasion_id });
  };
