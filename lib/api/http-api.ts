import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type CfnStage, HttpApi as Gateway, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { routes } from '../../contracts/all-routes.ts';
import type { HandlerName, Route } from '../../contracts/routes.ts';
import { type Alarms, over } from '../alarms.ts';
import type { ServiceFunction } from '../service-function.ts';

export interface HttpApiProps {
  readonly handlers: Readonly<Record<HandlerName, ServiceFunction>>;
  readonly authorizer: ServiceFunction;
  readonly alarms: Alarms;
}

const CACHE_TTL = Duration.minutes(1);
/** Without the query string: a callback's code and state stand there. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  responseBytes: '$context.responseLength',
  error: '$context.integrationErrorMessage',
};

/** The gateway, with the routes of the contract and one authorizer. */
export class HttpApi extends Construct {
  readonly gateway: Gateway;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    this.gateway = new Gateway(this, 'Gateway', {
      description: 'Crossdock',
      // Whatever matches no route gets our error shape and not the gateway's.
      defaultIntegration: new HttpLambdaIntegration('default', props.handlers.catalogue.lambda),
    });
    this.#route(props);
    this.#stage();
    props.alarms.add(this, {
      name: 'ApiFails',
      metric: this.gateway.metricServerError(over(Duration.minutes(5), 'Sum')),
      above: 0,
    });
  }

  #route({ handlers, authorizer }: HttpApiProps): void {
    // The route is part of the cache's key, so that what was found for one route never answers for another.
    const identified = new HttpLambdaAuthorizer('Authorizer', authorizer.lambda, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: ['$request.header.Authorization', '$context.routeKey'],
      resultsCacheTtl: CACHE_TTL,
    });
    const integrations = Object.fromEntries(
      Object.entries(handlers).map(([name, handler]) => [
        name,
        new HttpLambdaIntegration(name, handler.lambda),
      ]),
    ) as Record<HandlerName, HttpLambdaIntegration>;
    for (const route of routes as readonly Route[]) {
      this.gateway.addRoutes({
        path: route.path,
        methods: [HttpMethod[route.method]],
        integration: integrations[route.handler],
        ...(route.access === 'public' ? {} : { authorizer: identified }),
      });
    }
  }

  #stage(): void {
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = this.gateway.defaultStage?.node.defaultChild as CfnStage;
    stage.accessLogSettings = { destinationArn: logGroup.logGroupArn, format: JSON.stringify(ACCESS_LOG) };
    stage.defaultRouteSettings = { throttlingBurstLimit: 2000, throttlingRateLimit: 2000 };
  }
}
