import { ConnectCallback, ProviderSetup, StartConnect } from '#contracts/connect.ts';
import {
  type Endpoints,
  type HttpRequest,
  replyOf,
  withBody,
  withQuery,
} from '../../platform/http/endpoint.ts';
import { causeOf } from '../cause.ts';
import type { makeComplete } from './complete.ts';
import type { makeSetUp } from './set-up.ts';
import type { makeStart } from './start.ts';

export interface ConnectDeps {
  readonly setUp: ReturnType<typeof makeSetUp>;
  readonly start: ReturnType<typeof makeStart>;
  readonly complete: ReturnType<typeof makeComplete>;
}

const providerOf = ({ parameters }: HttpRequest) => parameters['provider'] ?? '';

/** What the routes of connecting do. */
export const makeEndpoints = ({ setUp, start, complete }: ConnectDeps): Endpoints => ({
  'PUT /admin/providers/{provider}': withBody(ProviderSetup, async (request, input) =>
    replyOf(200, await setUp(providerOf(request), input, causeOf(request, input.note))),
  ),
  'POST /connect/{provider}': withBody(StartConnect, async (request, input) =>
    replyOf(200, await start(request.tenantId, providerOf(request), input, request.actor)),
  ),
  'GET /connect/{provider}/callback': withQuery(ConnectCallback, async (request, callback) =>
    replyOf(200, await complete(providerOf(request), callback, request.requestId)),
  ),
});
