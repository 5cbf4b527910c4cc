import { KMSClient, RotateKeyOnDemandCommand } from '@aws-sdk/client-kms';
import type { ApiTarget } from './api-client.ts';
import type { Cloud } from './cloud/boot.ts';
import { REGION } from './cloud/options.ts';
import { ofType } from './cloud/template-resources.ts';

/** The API, and what a deployment sees beside its calls. */
export interface ScenarioTarget extends ApiTarget {
  /** Lets every scheduled rule happen now; rejects when a run fails. */
  readonly fireSchedules: () => Promise<void>;
  /** Rotates every key, as an operator does in KMS. */
  readonly rotateKeys: () => Promise<void>;
}

/** A cloud as the target of a scenario. */
export const scenarioTarget = (cloud: Cloud, operatorToken: string): ScenarioTarget => ({
  apiUrl: cloud.url,
  operatorToken,
  async fireSchedules() {
    for (const { logicalId } of ofType(cloud.resources, 'AWS::Events::Rule'))
      await cloud.schedules.fire(logicalId);
  },
  async rotateKeys() {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const kms = new KMSClient({ endpoint: cloud.engines.kms.endpoint, region: REGION, credentials });
    for (const { arn } of ofType(cloud.resources, 'AWS::KMS::Key'))
      await kms.send(new RotateKeyOnDemandCommand({ KeyId: arn }));
    kms.destroy();
  },
});
