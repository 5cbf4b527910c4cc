import { conditionTest } from './conditions.ts';
import { noValue, resolveValue, type Scope } from './intrinsics.ts';
import { type ParameterValue, parameterValues } from './parameters.ts';
import type { NamedResource, Place, ResourceType } from './resource-type.ts';
import { resourceTypes } from './resource-types.ts';
import { type ResourceDeclaration, readTemplate, type Template, TemplateError } from './template.ts';

export interface ResolveContext extends Place {
  readonly parameters: Readonly<Record<string, string>>;
  /** Values that other stacks export, by export name. */
  readonly exports?: Readonly<Record<string, string>>;
}

export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalName: string;
  readonly arn?: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface ResolvedTemplate {
  /** The resources whose condition holds, by logical id, in the template's order. */
  readonly resources: ReadonlyMap<string, ResolvedResource>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

interface Declared {
  readonly type: ResourceType;
  readonly resource: NamedResource;
}

const pseudoParameters = ({ stackName, region, account }: Place): ReadonlyMap<string, unknown> =>
  new Map<string, unknown>([
    ['AWS::AccountId', account],
    ['AWS::NoValue', noValue],
    ['AWS::NotificationARNs', []],
    ['AWS::Partition', 'aws'],
    ['AWS::Region', region],
    ['AWS::StackId', `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/local`],
    ['AWS::StackName', stackName],
    ['AWS::URLSuffix', 'amazonaws.com'],
  ]);

class TemplateResolver {
  readonly #template: Template;
  readonly #context: ResolveContext;
  readonly #pseudo: ReadonlyMap<string, unknown>;
  readonly #parameters: ReadonlyMap<string, ParameterValue>;
  readonly #declared = new Map<string, Declared>();
  readonly #pending = new Set<string>();
  readonly #scope: Scope;

  constructor(template: Template, context: ResolveContext) {
    this.#template = template;
    this.#context = context;
    this.#pseudo = pseudoParameters(context);
    this.#parameters = parameterValues(template.Parameters, context.parameters);
    this.#scope = {
      ref: (name, path) => this.#ref(name, path),
      attribute: (logicalId, attribute, path) => this.#attribute(logicalId, attribute, path),
      test: conditionTest(template.Conditions, (value, path) => resolveValue(value, path, this.#scope)),
      mapping: (map, key, attribute) => template.Mappings[map]?.[key]?.[attribute],
      exported: (name) => context.exports?.[name],
    };
  }

  resolve(): ResolvedTemplate {
    const resources = new Map<string, ResolvedResource>();
    for (const [logicalId, declaration] of Object.entries(this.#template.Resources)) {
      if (this.#exists(declaration, `${logicalId}.Condition`))
        resources.set(logicalId, this.#resource(logicalId));
    }
    const outputs: Record<string, unknown> = {};
    for (const [name, output] of Object.entries(this.#template.Outputs)) {
      if (!this.#exists(output, `Outputs.${name}.Condition`)) continue;
      outputs[name] = resolveValue(output.Value, `Outputs.${name}.Value`, this.#scope);
    }
    return { resources, outputs };
  }

  #exists({ Condition }: { readonly Condition?: string | undefined }, path: string): boolean {
    return Condition === undefined || this.#scope.test(Condition, path);
  }

  #resource(logicalId: string): ResolvedResource {
    const { type, resource } = this.#named(logicalId, logicalId);
    const declaration = this.#template.Resources[logicalId];
    const properties: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(declaration?.Properties ?? {})) {
      const resolved = resolveValue(value, `${logicalId}.Properties.${name}`, this.#scope);
      if (resolved !== noValue) properties[name] = resolved;
    }
    const attributes = type.attributes?.(resource);
    const arn = attributes?.['Arn'] ?? attributes?.['TopicArn'] ?? attributes?.['PolicyArn'];
    const { physicalName } = resource;
    const identity = { logicalId, type: declaration?.Type ?? '', physicalName, properties };
    return arn === undefined ? identity : { ...identity, arn };
  }

  #named(logicalId: string, path: string): Declared {
    const before = this.#declared.get(logicalId);
    if (before) return before;
    const declaration = this.#template.Resources[logicalId];
    if (!declaration) throw new TemplateError(path, `there is no resource or parameter '${logicalId}'`);
    const type = resourceTypes.get(declaration.Type);
    if (!type)
      throw new TemplateError(`${logicalId}.Type`, `the resource type ${declaration.Type} is not supported`);
    const property = (name: string) => this.#property(logicalId, declaration, name);
    const unnamed = { logicalId, place: this.#context, property };
    const given = type.nameProperty === undefined ? undefined : property(type.nameProperty);
    const physicalName = given === undefined ? type.generateName(unnamed) : String(given);
    const declared = { type, resource: { ...unnamed, physicalName } };
    this.#declared.set(logicalId, declared);
    return declared;
  }

  #property(logicalId: string, declaration: ResourceDeclaration, name: string): unknown {
    const path = `${logicalId}.Properties.${name}`;
    if (this.#pending.has(path)) throw new TemplateError(path, 'depends on itself');
    this.#pending.add(path);
    const value = resolveValue(declaration.Properties[name], path, this.#scope);
    this.#pending.delete(path);
    return value === noValue ? undefined : value;
  }

  #ref(name: string, path: string): unknown {
    if (this.#pseudo.has(name)) return this.#pseudo.get(name);
    if (Object.hasOwn(this.#template.Parameters, name)) {
      const value = this.#parameters.get(name);
      if (value === undefined)
        throw new TemplateError(path, `the stored parameter '${name}' was given no value`);
      return value;
    }
    const { type, resource } = this.#reachable(name, path);
    return type.ref?.(resource) ?? resource.physicalName;
  }

  #attribute(logicalId: string, attribute: string, path: string): string {
    const { type, resource } = this.#reachable(logicalId, path);
    const value = type.attributes?.(resource)[attribute];
    if (value === undefined) throw new TemplateError(path, `${logicalId} has no attribute '${attribute}'`);
    return value;
  }

  #reachable(logicalId: string, path: string): Declared {
    const declaration = this.#template.Resources[logicalId];
    if (declaration && !this.#exists(declaration, path)) {
      throw new TemplateError(path, `${logicalId} is left out by its condition ${declaration.Condition}`);
    }
    return this.#named(logicalId, path);
  }
}

const refuseSharedArns = (resources: Iterable<ResolvedResource>) => {
  const owners = new Map<string, string>();
  for (const { arn, logicalId } of resources) {
    if (arn === undefined) continue;
    const owner = owners.get(arn);
    if (owner !== undefined) throw new TemplateError(logicalId, `has the same ARN as ${owner}: ${arn}`);
    owners.set(arn, logicalId);
  }
};

/**
 * Turns a synthesized template into the resources to start, with every intrinsic function replaced by its value. Physical
 * names, ARNs and ids depend on the template and context alone, so they are the same at every start. Throws TemplateError,
 * which names the place in the template, for anything that is unknown, unsupported or has no value.
 */
export const resolveTemplate = (template: unknown, context: ResolveContext): ResolvedTemplate => {
  const resolved = new TemplateResolver(readTemplate(template), context).resolve();
  refuseSharedArns(resolved.resources.values());
  return resolved;
};
