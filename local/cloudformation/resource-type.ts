import { generatedName, stableShortId, stableUuid } from './physical-names.ts';

/** Where the stack lives: what physical names, ARNs and URLs are built from. */
export interface Place {
  readonly stackName: string;
  readonly region: string;
  readonly account: string;
  readonly queueUrl: (queueName: string) => string;
  readonly apiUrl: () => string;
}

export interface UnnamedResource {
  readonly logicalId: string;
  readonly place: Place;
  /** One resolved property, or undefined when the template leaves it out. */
  readonly property: (name: string) => unknown;
}

export interface NamedResource extends UnnamedResource {
  readonly physicalName: string;
}

/** How CloudFormation names a resource of one type, and what `Ref` and `Fn::GetAtt` give for it. */
export interface ResourceType {
  readonly nameProperty?: string;
  /** The name when `nameProperty` is absent from the template, or the type has none. */
  readonly generateName: (resource: UnnamedResource) => string;
  /** The physical name when this is absent. */
  readonly ref?: (resource: NamedResource) => string;
  readonly attributes?: (resource: NamedResource) => Readonly<Record<string, string>>;
}

export const nameUpTo =
  (lengthMax: number) =>
  ({ place, logicalId }: UnnamedResource): string =>
    generatedName(place.stackName, logicalId, lengthMax);

export const shortId = ({ place, logicalId }: UnnamedResource): string =>
  stableShortId(place.stackName, logicalId);

export const uuid = ({ place, logicalId }: UnnamedResource): string => stableUuid(place.stackName, logicalId);

export const arnOf = (service: string, resource: string, { region, account }: Place): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** An `attributes` whose only member is the ARN `arn:aws:<service>:<region>:<account>:<prefix><physical name>`. */
export const onlyArn =
  (service: string, prefix: string) =>
  ({ physicalName, place }: NamedResource) => ({ Arn: arnOf(service, `${prefix}${physicalName}`, place) });

/** An `attributes` whose only member is the physical name, under the given attribute name. */
export const onlyId =
  (attribute: string) =>
  ({ physicalName }: NamedResource) => ({ [attribute]: physicalName });
