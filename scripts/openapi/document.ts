/**
 * Builds the OpenAPI 3.1 document from the operations: what is asked and answered comes from their schemas, who may call
 * from their terms. Nothing in it is written by hand twice.
 *
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
import type * as z from 'zod';
import type { Operation } from '../../shared/http/operation.ts';
import { isProblemCode, type ProblemCode, problems } from '../../shared/http/problem.ts';
import type { Contracts } from './contracts.ts';
import { describeEvents } from './events.ts';
import { isSchema, rightExample } from './examples.ts';
import { withFieldTexts } from './field-texts.ts';
import { fixedComponents, fixedHead, headerParameters, isConditional } from './fixed-parts.ts';
import { notRecorded, type Recorded } from './recorded.ts';
import { convertSchemas, type JsonSchema, type SchemaSet } from './schemas.ts';

/** The document as plain data. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: JsonSchema;
  readonly servers: readonly JsonSchema[];
  readonly security: readonly JsonSchema[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  /** By type: what each event says and carries. */
  readonly 'x-events': Readonly<Record<string, JsonSchema>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>>; readonly [part: string]: unknown };
}

export function buildDocument({ operations, named, events, recorded }: Contracts): OpenApiDocument {
  const published = operations.filter(({ path }) => !path.startsWith('/sandbox/'));
  const given = (schemas: readonly (z.ZodType | undefined)[]): z.ZodType[] =>
    schemas.filter((schema) => schema !== undefined);
  const schemas = convertSchemas(
    named,
    given(published.flatMap(({ params, query, body }) => [params, query, body])),
    given(published.map(({ answer }) => answer)),
  );
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const operation of published) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation, schemas, recorded) };
  }
  const usedAlone = problemCodes.filter((code) => JSON.stringify(paths).includes(`"${responsePrefix}${code}"`));
  const tags = [...new Set(published.map(tagOf))].sort((left, right) => placeOf(left) - placeOf(right));
  return withFieldTexts({
    ...fixedHead,
    tags: tags.map((name) => ({ name })),
    paths,
    'x-events': describeEvents(events, recorded),
    components: {
      ...fixedComponents,
      schemas: { ...schemas.components, ...fixedComponents.schemas },
      responses: Object.fromEntries(usedAlone.map((code) => [code, problemResponse([code])])),
    },
  });
}

const responsePrefix = '#/components/responses/';
const problemCodes = Object.keys(problems).filter(isProblemCode);

/** `products` of the storefront and `admin products` are different chapters. */
function tagOf({ path }: Operation): string {
  const [first = '', second = '', third = ''] = path.slice(1).split('/');
  if (first === 'admin') return `admin ${third}`;
  return first === 'v1' ? second : 'router';
}

/** What a reader looks for first stands first: each side begins with its products; what is watched comes last. */
function placeOf(tag: string): number {
  const places: Partial<Record<string, number>> = { products: 0, 'admin products': 2, 'admin health': 4, router: 5 };
  return places[tag] ?? (tag.startsWith('admin ') ? 3 : 1);
}

function describe(operation: Operation, schemas: SchemaSet, recorded: Recorded): JsonSchema {
  const { scopes } = operation;
  const parameters = [
    ...pathParameters(operation, schemas),
    ...queryParameters(operation, schemas),
    ...headerParameters(operation),
  ];
  return {
    operationId: operation.id,
    tags: [tagOf(operation)],
    summary: operation.summary,
    ...(scopes.length > 0 ? { security: [{ adminKey: scopes }, { adminKeyHeader: scopes }] } : {}),
    ...(takesOrderToken(operation) ? { security: [{ orderToken: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBody(operation, schemas, recorded),
    responses: { ...successes(operation, schemas, recorded), ...refusals(operation) },
    ...(operation.id in notRecorded ? { 'x-no-example': notRecorded[operation.id] } : {}),
  };
}

/** Orders of guests are read with the token that their checkout was given. */
function takesOrderToken({ path }: Operation): boolean {
  return path.startsWith('/v1/orders/:');
}

function pathParameters({ path, params }: Operation, schemas: SchemaSet): JsonSchema[] {
  const properties = params === undefined ? {} : propertiesOf(schemas.input(params), schemas);
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name] ?? { type: 'string' },
  }));
}

function queryParameters({ query }: Operation, schemas: SchemaSet): JsonSchema[] {
  if (query === undefined) return [];
  const schema = schemas.input(query);
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(propertiesOf(schema, schemas)).map(([name, property]) => ({
    name,
    in: 'query',
    ...(required.includes(name) ? { required: true } : {}),
    schema: property,
  }));
}

function propertiesOf(schema: JsonSchema, schemas: SchemaSet): Record<string, unknown> {
  const ref = schema.$ref;
  if (typeof ref === 'string')
    return propertiesOf(schemas.components[ref.slice(ref.lastIndexOf('/') + 1)] ?? {}, schemas);
  return isSchema(schema.properties) ? schema.properties : {};
}

function requestBody(
  { id, body, bodyType, readCsv }: Operation,
  schemas: SchemaSet,
  { operations }: Recorded,
): JsonSchema {
  const sent = operations[id]?.body;
  if (bodyType !== undefined) {
    const content = { schema: { type: 'string' }, ...(sent === undefined ? {} : { example: sent }) };
    return { requestBody: { required: true, content: { [bodyType]: content } } };
  }
  if (body === undefined) return {};
  const schema = schemas.input(body);
  const example = sent ?? rightExample(schema, schemas.components, (candidate) => body.safeParse(candidate).success);
  const isRequired = !body.safeParse({}).success;
  return {
    requestBody: {
      required: isRequired,
      content: {
        'application/json': { schema, ...(example === undefined ? {} : { example }) },
        ...(readCsv === undefined ? {} : { 'text/csv': { schema: { type: 'string' } } }),
      },
    },
  };
}

const statusNames: Readonly<Record<number, string>> = {
  200: 'Done',
  201: 'Made',
  202: 'Accepted; it goes on by itself',
  204: 'Done; nothing to say',
};

function successes(operation: Operation, schemas: SchemaSet, { operations }: Recorded): JsonSchema {
  const given = operations[operation.id];
  const responses: JsonSchema = {};
  for (const status of [operation.status, ...(operation.alsoStatus ?? [])]) {
    const type = operation.answerType ?? 'application/json';
    const example = given?.status === status ? { example: given.answer } : {};
    const media = { schema: schemas.output(operation.answer), ...example };
    const content = status === 204 ? {} : { content: { [type]: media } };
    const replayed =
      operation.idempotency === 'none'
        ? {}
        : { 'Idempotency-Replayed': { $ref: '#/components/headers/IdempotencyReplayed' } };
    responses[String(status)] = {
      description: statusNames[status],
      headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' }, ...replayed },
      ...content,
    };
  }
  if (operation.leadsOn === true)
    responses['301'] = {
      description: 'A former address: `Location` names the present one',
      headers: {
        'X-Request-Id': { $ref: '#/components/headers/RequestId' },
        Location: { schema: { type: 'string' } },
      },
    };
  if (isConditional(operation))
    responses['304'] = {
      description: 'Not changed since the version in If-None-Match',
      headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } },
    };
  return responses;
}

/** The refusals of an operation and those that the router or the app factory may answer to any of its kind, by status. */
function refusals(operation: Operation): JsonSchema {
  const codes = new Set<ProblemCode>(operation.refusals ?? []);
  if (operation.params !== undefined || operation.query !== undefined || operation.body !== undefined)
    codes.add('invalid-input');
  if (operation.params !== undefined) codes.add('not-found');
  if (operation.body !== undefined) codes.add('malformed-json');
  if (operation.body !== undefined || operation.bodyType !== undefined)
    codes.add('content-too-large').add('unsupported-media-type');
  if (operation.idempotency !== 'none')
    codes.add('idempotency-key-invalid').add('idempotency-key-reused').add('request-in-progress');
  if (operation.idempotency === 'required') codes.add('idempotency-key-missing');
  if (operation.scopes.length > 0) codes.add('not-authenticated').add('insufficient-scope');
  codes.add('rate-limited').add('defect').add('unavailable');
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of [...codes].sort())
    byStatus.set(problems[code][0], [...(byStatus.get(problems[code][0]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, listed]) => {
      const [only] = listed;
      const isShared = listed.length === 1 && only !== undefined;
      return [String(status), isShared ? { $ref: responsePrefix + only } : problemResponse(listed)];
    }),
  );
}

function problemResponse(codes: readonly ProblemCode[]): JsonSchema {
  const schema = { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }] };
  return {
    description: codes.map((code) => `\`${code}\`: ${problems[code][1]}.`).join(' '),
    headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } },
    content: { 'application/problem+json': { schema } },
  };
}
