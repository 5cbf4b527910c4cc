import { CancelRewrapQuery, StartRewrap } from '#contracts/rewraps.ts';
import {
  type Endpoints,
  type HttpRequest,
  replyOf,
  withBody,
  withQuery,
} from '../../platform/http/endpoint.ts';
import { causeOf } from '../cause.ts';
import type { makeRewraps } from './rewraps.ts';

const idOf = ({ parameters }: HttpRequest) => parameters['rewrap_id'] ?? '';

/** What the routes of rewraps do. */
export const makeEndpoints = ({ start, show, cancel }: ReturnType<typeof makeRewraps>): Endpoints => ({
  'POST /admin/rewraps': withBody(StartRewrap, async (request, { note }) =>
    replyOf(202, await start(causeOf(request, note))),
  ),
  'GET /admin/rewraps/{rewrap_id}': async (request) => replyOf(200, await show(idOf(request))),
  'DELETE /admin/rewraps/{rewrap_id}': withQuery(CancelRewrapQuery, async (request, { note }) =>
    replyOf(200, await cancel(idOf(request), causeOf(request, note))),
  ),
});
