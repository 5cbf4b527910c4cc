import * as z from 'zod';
import { TemplateError } from '../cloudformation/template.ts';

export interface AsynchronousSettings {
  /** How often an event that failed is tried again: 0 to 2. */
  readonly retryAttemptsMax: number;
  readonly eventAgeMaxMs: number;
}

// What an AWS::Lambda::EventInvokeConfig may say; destinations are not emulated.
const Properties = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST'),
  MaximumRetryAttempts: z.int().min(0).max(2).default(2),
  MaximumEventAgeInSeconds: z.int().min(60).max(21_600).default(21_600),
});

const DEFAULTS: AsynchronousSettings = { retryAttemptsMax: 2, eventAgeMaxMs: 6 * 3_600_000 };

interface Config {
  readonly logicalId: string;
  readonly properties: unknown;
}

/**
 * How each function treats the events that wait for it: as the resolved AWS::Lambda::EventInvokeConfig that names it says,
 * or as Lambda does by default.
 * @throws TemplateError for a value that AWS refuses and for a property that is not emulated
 */
export const asynchronousSettings = (configs: readonly Config[]) => {
  const byFunction = new Map(
    configs.map(({ logicalId, properties }): [string, AsynchronousSettings] => {
      const { data, error } = Properties.safeParse(properties);
      if (!data) throw new TemplateError(`${logicalId}.Properties`, z.prettifyError(error));
      const { MaximumRetryAttempts: retryAttemptsMax, MaximumEventAgeInSeconds } = data;
      return [data.FunctionName, { retryAttemptsMax, eventAgeMaxMs: MaximumEventAgeInSeconds * 1000 }];
    }),
  );
  return ({ name, arn }: { readonly name: string; readonly arn: string }): AsynchronousSettings =>
    byFunction.get(name) ?? byFunction.get(arn) ?? DEFAULTS;
};
