import type { AccessControl } from '../iam/access-control.ts';
import { type Asynchronous, type GivenUp, invokeAsynchronously } from '../lambda/asynchronous.ts';
import { asynchronousSettings } from '../lambda/asynchronous-settings.ts';
import type { LocalFunction } from '../lambda/function.ts';
import type { SendInput } from '../sqs/message.ts';
import type { Engines } from './engines.ts';
import type { CloudOptions } from './options.ts';
import type { Stops } from './stops.ts';
import { ofType, type Resources } from './template-resources.ts';

interface Started {
  readonly engines: Engines;
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly access: AccessControl;
  readonly options: CloudOptions;
}

type SendDeadLetter = (input: SendInput) => Promise<unknown>;

const ERROR_MESSAGE_CHARACTERS_MAX = 1024;

/** The event as it is, with the attributes of Lambda's developer guide, "adding a dead-letter queue". */
const deadLetter = ({ event, requestId, failure }: GivenUp): SendInput => ({
  body: JSON.stringify(event),
  attributes: {
    RequestID: { DataType: 'String', StringValue: requestId },
    ErrorCode: { DataType: 'Number', StringValue: failure.reason === 'throttled' ? '429' : '200' },
    ErrorMessage: {
      DataType: 'String',
      StringValue:
        failure.error.errorMessage.slice(0, ERROR_MESSAGE_CHARACTERS_MAX) || failure.error.errorType,
    },
  },
});

/** The dead-letter queues of functions. Throws for one that the function's role may not use: AWS refuses such a function. */
const deadLetterQueues = (
  resources: Resources,
  { engines, access }: Started,
): ReadonlyMap<string, SendDeadLetter> =>
  new Map(
    ofType(resources, 'AWS::Lambda::Function').flatMap(({ logicalId, physicalName, properties }) => {
      const { TargetArn }: { readonly TargetArn?: unknown } = Object(properties['DeadLetterConfig']);
      if (TargetArn === undefined) return [];
      const arn = String(TargetArn);
      const queue = engines.sqs.queue(arn);
      if (!queue) throw new Error(`${logicalId}: the dead-letter queue ${arn} is not in the template`);
      const refusal = access.refusal(physicalName, [{ action: 'sqs:SendMessage', resource: arn }]);
      if (refusal !== undefined)
        throw new Error(
          `${logicalId}: InvalidParameterValueException: The provided execution role does not have permissions to call ` +
            `SendMessage on SQS. ${refusal}`,
        );
      return [[physicalName, queue.send] as const];
    }),
  );

/** Lets each function of the template, by ARN, be invoked asynchronously, as its own properties and configuration say. */
export const startAsynchronous = (
  resources: Resources,
  started: Started,
  stops: Stops,
): ReadonlyMap<string, Asynchronous> => {
  const { functions, options } = started;
  const settings = asynchronousSettings(ofType(resources, 'AWS::Lambda::EventInvokeConfig'));
  const queues = deadLetterQueues(resources, started);
  const asynchronousOf = (target: LocalFunction): Asynchronous => {
    const log = (line: string) => options.onLog?.({ functionName: 'asynchronous invocation', line });
    const asynchronous = invokeAsynchronously({
      invoke: target.invoke,
      settings: settings(target),
      clock: options.clock,
      async onGivenUp(givenUp) {
        log(`${target.name} failed for good: ${givenUp.failure.error.errorType}`);
        await queues
          .get(target.name)?.(deadLetter(givenUp))
          .catch(() => log(`the dead-letter queue of ${target.name} took nothing`));
      },
    });
    stops.add(asynchronous.stop);
    return asynchronous;
  };
  return new Map([...functions.values()].map((target) => [target.arn, asynchronousOf(target)]));
};
