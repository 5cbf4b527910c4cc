import { CfnOutput, Lazy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { ApiFunctions } from './api/functions.ts';
import { HttpApi } from './api/http-api.ts';
import { Issuer } from './api/issuer.ts';
import { Dispatch } from './outbound/dispatch.ts';
import { Lane } from './outbound/lane.ts';
import { Sweep } from './outbound/sweep.ts';
import { Parameters } from './parameters.ts';
import { Rewrap } from './rewrap.ts';
import { Storage } from './storage.ts';

export interface CrossdockStackProps extends StackProps {
  /** Each gets a lane. */
  readonly connectorTypes: readonly string[];
  readonly version: string;
  /** Keep tables, key and users when the stack is deleted. */
  readonly protect: boolean;
}

/** The whole product in one stack: publish ▸ outbox ▸ dispatch ▸ lane ▸ deliver, and the API in front. */
export class CrossdockStack extends Stack {
  constructor(scope: Construct, id: string, props: CrossdockStackProps) {
    super(scope, id, props);
    const parameters = new Parameters(this, 'Parameters');
    const alarms = new Alarms(this, 'Alarms');
    const storage = new Storage(this, 'Storage', props);
    const lane = (connectorType: string) =>
      new Lane(this, `Lane-${connectorType}`, { connectorType, storage, parameters, alarms });
    const lanes = new Map(props.connectorTypes.map((type) => [type, lane(type)]));
    new Dispatch(this, 'Dispatch', { lanes, storage, parameters, alarms });
    new Sweep(this, 'Sweep', { lanes, storage, alarms });
    new Rewrap(this, 'Rewrap', { storage, alarms });
    const issuer = new Issuer(this, 'Issuer', { parameters, protect: props.protect });
    const functions = new ApiFunctions(this, 'Api', {
      storage,
      parameters,
      issuer,
      version: props.version,
      // The gateway is made after the functions that it leads to.
      apiUrl: Lazy.string({ produce: () => api.gateway.apiEndpoint }),
    });
    const api: HttpApi = new HttpApi(this, 'Http', {
      handlers: functions.handlers,
      authorizer: functions.authorizer,
      alarms,
    });
    new CfnOutput(this, 'ApiUrl', { value: api.gateway.apiEndpoint });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarms.topic.topicArn });
  }
}
