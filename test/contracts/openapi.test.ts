import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { routes } from '../../contracts/all-routes.ts';
import { type ErrorCode, errors, Problem, problem } from '../../contracts/errors.ts';
import { EventInput } from '../../contracts/events.ts';
import { errorsOf, openApiDocument } from '../../contracts/openapi.ts';
import { exampleEvents } from '../example-events.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Record<string, unknown>;
  readonly security: readonly unknown[];
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Record<string, unknown>> };
}

const document = openApiDocument('1.2.3') as unknown as Document;

const references = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  );
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(document, 'document');
const validatorOf = (name: string) => ajv.compile({ $ref: `document#/components/schemas/${name}` });

describe('the OpenAPI document', () => {
  it('is of version 3.1 and carries the version of the product', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('has every route and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it('names each operation once', () => {
    const names = Object.values(document.paths).flatMap((operations) =>
      Object.values(operations).map(({ operationId }) => operationId),
    );
    expect(names).toHaveLength(new Set(names).size);
    expect(names.filter((name) => !/^[a-zA-Z0-9]+$/.test(name))).toEqual([]);
  });

  it('resolves each of its references inside itself', () => {
    const found = [...new Set(references(document))];
    expect(found.length).toBeGreaterThan(5);
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(found.filter((reference) => !known.includes(reference))).toEqual([]);
  });

  it('holds schemas that say something: none is but a reference to itself, and a validator can use each', () => {
    const schemas = Object.entries(document.components.schemas);
    const hollow = schemas.filter(([name, schema]) => schema['$ref'] === `#/components/schemas/${name}`);
    expect(hollow.map(([name]) => name)).toEqual([]);
    for (const [name] of schemas) expect(validatorOf(name)).toBeTypeOf('function');
  });

  it.each(routes)('tells of path, query, tenant, caller and errors: $method $path', (route) => {
    const operation = document.paths[route.path]?.[route.method.toLowerCase()];
    const named = operation?.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `path ${name}`);
    const inQuery = named?.filter((name) => name.startsWith('query ')) ?? [];
    expect(inQuery.length > 0).toBe('query' in route);
    const inHeader = route.access === 'tenant' ? ['header X-Tenant-Id'] : [];
    expect(named).toEqual([...inPath, ...inHeader, ...inQuery]);
    expect(operation?.security).toHaveLength(route.access === 'public' ? 0 : 1);
    const statuses = errorsOf(route).map((code) => String(errors[code].status));
    expect(Object.keys(operation?.responses ?? {})).toEqual(
      expect.arrayContaining([String(route.status), ...statuses]),
    );
  });
});

describe('the schema of an event in the document', () => {
  const accepts = validatorOf('EventInput');
  const examples = exampleEvents() as { data: Record<string, unknown> }[];

  it('accepts every sample event', () => {
    const refused = examples.filter((example) => !accepts(example));
    expect(refused).toEqual([]);
  });

  it('refuses any sample event that lacks a part of its frame', () => {
    for (const name of ['event_type', 'schema_version', 'occurred_at', 'idempotency_key', 'data']) {
      expect(examples.filter((example) => accepts({ ...example, [name]: undefined }))).toEqual([]);
    }
  });

  it('agrees with the contract on which fields of the data can be left out', () => {
    // What a subject and a mode that is not strict ask of other fields are rules in code.
    const inCode = new Set(['subject', 'contract_version']);
    for (const { data, ...frame } of examples) {
      for (const name of Object.keys(data).filter((key) => !inCode.has(key))) {
        const { [name]: _, subject: __, ...rest } = data;
        const event = { ...frame, data: rest };
        expect(accepts(event), `without ${name}`).toBe(EventInput.safeParse(event).success);
      }
    }
  });

  it('refuses an event type that cannot be published', () => {
    expect(accepts({ ...examples[0], event_type: 'integration.sync_completed' })).toBe(false);
  });
});

describe('the table of errors', () => {
  // Not answers of a route: one is the gateway's, the others stand inside the results of a publish.
  const elsewhere: ErrorCode[] = ['route.not_found', 'event.invalid', 'event.too_large'];
  const codes = Object.keys(errors) as ErrorCode[];

  it('holds nothing that no route answers, but for what is answered elsewhere', () => {
    const answered = new Set<ErrorCode>(routes.flatMap((route) => errorsOf(route)));
    expect(codes.filter((code) => !answered.has(code)).sort()).toEqual(elsewhere.sort());
  });

  it.each(codes)('makes problem details of %s that fit the document', (code) => {
    const made = problem(code, { detail: 'more', errors: [{ field: 'data.name', message: 'is required' }] });
    expect(Problem.parse(made)).toEqual(made);
    expect(validatorOf('Problem')(made)).toBe(true);
    expect(made).toMatchObject({ code, status: errors[code].status, type: `urn:crossdock:error:${code}` });
  });
});
