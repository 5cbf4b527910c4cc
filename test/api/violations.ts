import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { routes } from '../../contracts/all-routes.ts';
import { errors, type Problem, problem } from '../../contracts/errors.ts';
import { errorsOf, openApiDocument } from '../../contracts/openapi.ts';
import type { Route } from '../../contracts/routes.ts';
import type { Answer } from '../harness/cloud.ts';

interface Described {
  readonly content: Readonly<Record<string, { readonly schema: object }>>;
}
interface Document {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, Described> }>>;
  readonly components: object;
}

const document = openApiDocument('any') as unknown as Document;
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);

/** What API Gateway says by itself, before any of our functions has a word; it cannot carry our error shape. */
const GATEWAY_MESSAGES: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  431: 'Request Header Fields Too Large',
};

export const isGatewaysOwn = ({ status, text }: Answer): boolean =>
  text === JSON.stringify({ message: GATEWAY_MESSAGES[status] });

/** The route that a path with values in it belongs to. */
export const routeAt = (method: string, path: string): Route | undefined =>
  routes.find((route) => {
    const pattern = route.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+');
    return route.method === method && new RegExp(`^${pattern}$`).test(path.split('?')[0] ?? '');
  });

const compiled = new Map<object, ValidateFunction>();

const schemaErrors = (schema: object, json: unknown): string[] => {
  const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components: document.components });
  compiled.set(schema, validate);
  return validate(json) ? [] : [ajv.errorsText(validate.errors)];
};

const unless = (holds: boolean, violation: string): string[] => (holds ? [] : [violation]);

const headerViolations = ({ headers }: Answer): string[] => [
  ...unless(headers.get('cache-control') === 'no-store', 'may be cached'),
  ...unless(headers.get('x-content-type-options') === 'nosniff', 'may be sniffed'),
];

const problemViolations = (answer: Answer, codes: readonly string[]): string[] => {
  const sent: Problem = answer.json;
  const expected = Object.hasOwn(errors, sent.code) ? problem(sent.code as keyof typeof errors) : undefined;
  return [
    ...unless(sent.status === answer.status, `is ${answer.status} and says ${sent.status}`),
    ...unless(codes.includes(sent.code), `has the code ${sent.code}, which its route does not document`),
    ...unless(
      sent.type === expected?.type && sent.title === expected?.title,
      'is not of the table of errors',
    ),
    ...unless((sent.request_id ?? '') !== '', 'has no request_id'),
  ];
};

const bodyViolations = (answer: Answer, responses: Readonly<Record<string, Described>>): string[] => {
  const described = responses[String(answer.status)];
  if (described === undefined) return ['has a status that the document does not have'];
  const type = answer.headers.get('content-type') ?? '';
  const schema = described.content[type]?.schema;
  return schema === undefined
    ? [`is ${type}, which the document does not have`]
    : schemaErrors(schema, answer.json);
};

const UNKNOWN_ROUTE = {
  '404': { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
};

/** Where an answer departs from the OpenAPI document; any status from 500 up is a departure. */
export const violations = (method: string, path: string, answer: Answer): string[] => {
  if (answer.status >= 500) return ['failed'];
  if (isGatewaysOwn(answer)) return [];
  const route = routeAt(method, path);
  const operation = document.paths[route?.path ?? '']?.[method.toLowerCase()];
  const found = [
    ...headerViolations(answer),
    ...bodyViolations(answer, operation?.responses ?? UNKNOWN_ROUTE),
  ];
  const isProblem = answer.status >= 400 && found.length === 0;
  return isProblem ? problemViolations(answer, route ? errorsOf(route) : ['route.not_found']) : found;
};
