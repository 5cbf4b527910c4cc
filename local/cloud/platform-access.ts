import type { AccessControl } from '../iam/access-control.ts';
import type { Denied } from '../iam/denial.ts';
import { mappingNeeds } from '../iam/mapping-needs.ts';
import { ACCOUNT, type CloudOptions, REGION } from './options.ts';
import { ofType, type Resources } from './template-resources.ts';

/** Tells the observer of a refusal, and shows it with its remedy among the log lines. */
export const showDenied =
  ({ onLog, onDenied }: CloudOptions) =>
  (denied: Denied): void => {
    const { functionName, assumedRole, action, resource, statement } = denied;
    const who = assumedRole === undefined ? functionName : `${functionName} as ${assumedRole}`;
    const line = `${who} was denied ${action} on ${resource}; it takes ${statement}`;
    onLog?.({ functionName: 'permissions', line });
    onDenied?.(denied);
  };

const LOG_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * Asks for every event source mapping whether its function's role allows what the mapping does in the function's name.
 * @throws Error with what is missing, as AWS refuses to create such a mapping
 */
export const assertMappingsAllowed = (resources: Resources, access: AccessControl): void => {
  for (const { logicalId, properties } of ofType(resources, 'AWS::Lambda::EventSourceMapping')) {
    const functionName = String(properties['FunctionName']).split(':function:').at(-1) ?? '';
    const mapping = properties as unknown as Parameters<typeof mappingNeeds>[0];
    const refusal = access.refusal(functionName, mappingNeeds(mapping));
    if (refusal !== undefined)
      throw new Error(`${logicalId} cannot be created with the role of ${functionName}. ${refusal}`);
  }
};

const logGroupOf = (properties: Readonly<Record<string, unknown>>, functionName: string): string => {
  const { LogGroup }: { readonly LogGroup?: string } = Object(properties['LoggingConfig']);
  return LogGroup ?? `/aws/lambda/${functionName}`;
};

/** Lambda writes a log for each invocation; a function that may not write one runs all the same, unheard. */
export const withLogAccess = (
  resources: Resources,
  access: AccessControl,
  options: CloudOptions,
): CloudOptions => {
  const groups = new Map(
    ofType(resources, 'AWS::Lambda::Function').map(({ physicalName, properties }) => [
      physicalName,
      logGroupOf(properties, physicalName),
    ]),
  );
  const verdicts = new Map<string, boolean>();
  const mayLog = (functionName: string): boolean => {
    const known = verdicts.get(functionName);
    if (known !== undefined) return known;
    const stream = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${groups.get(functionName)}:log-stream:local`;
    const needs = LOG_ACTIONS.map((action) => ({ action, resource: stream }));
    const verdict = access.refusal(functionName, needs) === undefined;
    verdicts.set(functionName, verdict);
    return verdict;
  };
  return {
    ...options,
    onLog: (line) => {
      if (mayLog(line.functionName)) options.onLog?.(line);
    },
    onInvoke: (invocation) => {
      mayLog(invocation.functionName);
      options.onInvoke?.(invocation);
    },
  };
};
