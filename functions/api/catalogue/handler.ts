import { openApiDocument } from '#contracts/openapi.ts';
import { catalogueRoutes } from '#contracts/routes.ts';
import { toProvider } from '../../connections/index.ts';
import { connectors } from '../../connectors/all.ts';
import { readEnv } from '../../platform/env.ts';
import { httpHandler } from '../../platform/http/handler.ts';
import { makeLog } from '../../platform/log/log.ts';
import { Env } from './env.ts';

const env = readEnv(Env);

export const handler = httpHandler(
  catalogueRoutes,
  {
    'GET /health': async () => ({ status: 200, body: { status: 'ok', version: env.VERSION } }),
    'GET /providers': async () => ({
      status: 200,
      body: { items: connectors.map(toProvider), next_cursor: null },
    }),
    'GET /openapi.json': async () => ({ status: 200, body: openApiDocument(env.VERSION) }),
  },
  makeLog('catalogue'),
);
