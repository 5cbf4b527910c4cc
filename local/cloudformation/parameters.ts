import { type ParameterDeclaration, TemplateError } from './template.ts';

export type ParameterValue = string | number | readonly string[];

const LIST_TYPE = /^(CommaDelimitedList|List<.+>)$/;
const SSM_TYPE = /^AWS::SSM::Parameter::Value<(.+)>$/;

const checkLength = (text: string, declaration: ParameterDeclaration, path: string) => {
  const { MinLength = 0, MaxLength = Number.POSITIVE_INFINITY } = declaration;
  if (text.length < MinLength || text.length > MaxLength) {
    throw new TemplateError(path, `the value must have ${MinLength} to ${MaxLength} characters`);
  }
};

const checkAllowed = (text: string, declaration: ParameterDeclaration, path: string) => {
  const { AllowedValues, AllowedPattern } = declaration;
  if (AllowedValues && !AllowedValues.map(String).includes(text)) {
    throw new TemplateError(path, `'${text}' is none of the allowed values ${AllowedValues.join(', ')}`);
  }
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(text)) {
    throw new TemplateError(path, `'${text}' does not match ${AllowedPattern}`);
  }
};

const numberFrom = (text: string, declaration: ParameterDeclaration, path: string): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new TemplateError(path, `'${text}' is not a number`);
  const { MinValue = Number.NEGATIVE_INFINITY, MaxValue = Number.POSITIVE_INFINITY } = declaration;
  if (value < MinValue || value > MaxValue) {
    throw new TemplateError(path, `${value} is outside ${MinValue} to ${MaxValue}`);
  }
  return value;
};

const parameterValue = (text: string, declaration: ParameterDeclaration, path: string): ParameterValue => {
  const type = SSM_TYPE.exec(declaration.Type)?.[1] ?? declaration.Type;
  if (LIST_TYPE.test(type)) {
    const items = text.split(',').map((item) => item.trim());
    for (const item of items) checkAllowed(item, declaration, path);
    if (type === 'List<Number>') for (const item of items) numberFrom(item, declaration, path);
    return items;
  }
  checkAllowed(text, declaration, path);
  if (type === 'Number') return numberFrom(text, declaration, path);
  checkLength(text, declaration, path);
  return text;
};

/**
 * Checks the given values (by parameter name) against the declarations and fills in defaults. A parameter stored in SSM takes
 * the given value as the stored one; without it the parameter has no value, because no local service holds its default path.
 * Throws TemplateError for a value that is missing, refused by a constraint, or given to an undeclared parameter.
 */
export const parameterValues = (
  declarations: Readonly<Record<string, ParameterDeclaration>>,
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, ParameterValue> => {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declarations, name)) throw new TemplateError(`Parameters.${name}`, 'is not declared');
  }
  const values = new Map<string, ParameterValue>();
  for (const [name, declaration] of Object.entries(declarations)) {
    const stored = SSM_TYPE.test(declaration.Type);
    const text = Object.hasOwn(given, name) ? given[name] : stored ? undefined : declaration.Default;
    if (text !== undefined) values.set(name, parameterValue(String(text), declaration, `Parameters.${name}`));
    else if (!stored) throw new TemplateError(`Parameters.${name}`, 'has no value and no default');
  }
  return values;
};
