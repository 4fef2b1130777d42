/**
 * The shop's own OpenAPI document as a judge: whether a request is as documented, and whether an answer is. It follows
 * references and hands the schemas to zod, so that it knows nothing that the document does not say.
 */
import * as z from 'zod';

/** A JSON schema with its references followed. */
export interface Schema {
  readonly [keyword: string]: unknown;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
}

export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}

export interface DocumentedOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly DocumentedParameter[];
  /** Null when it takes no JSON. */
  readonly body: Schema | null;
  /** By status, then by content type. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const Json = z.record(z.string(), z.unknown());
type Json = z.infer<typeof Json>;

export function readDocument(text: string): DocumentedOperation[] {
  const document = Json.parse(JSON.parse(text));
  const follow = (value: unknown): unknown => followed(document, value, 0);
  return Object.entries(Json.parse(document.paths)).flatMap(([path, item]) =>
    Object.entries(Json.parse(item))
      .filter(([method]) => methods.includes(method))
      .map(([method, description]) => operationOf(path, method, Operation.parse(follow(description)))),
  );
}

const Content = z.record(z.string(), z.looseObject({ schema: Json.optional() }));
const Operation = z.looseObject({
  operationId: z.string(),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.enum(['path', 'query', 'header']), schema: Json }))
    .default([]),
  requestBody: z.looseObject({ content: Content }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: Content.optional() })),
});

function operationOf(path: string, method: string, operation: z.infer<typeof Operation>): DocumentedOperation {
  const answers = Object.entries(operation.responses).map(([status, { content = {} }]) => [
    status,
    Object.fromEntries(Object.entries(content).map(([type, { schema = {} }]) => [type, schema])),
  ]);
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    parameters: operation.parameters,
    body: operation.requestBody?.content['application/json']?.schema ?? null,
    answers: Object.fromEntries(answers),
  };
}

const depthMax = 40;

function followed(document: Json, value: unknown, depth: number): unknown {
  if (depth > depthMax) throw new Error('The document refers to itself');
  if (Array.isArray(value)) return value.map((item) => followed(document, item, depth + 1));
  const found = Json.safeParse(value);
  if (!found.success) return value;
  const { $ref: reference } = found.data;
  if (typeof reference === 'string') {
    const target = reference
      .split('/')
      .slice(1)
      .reduce<unknown>((at, part) => Json.parse(at)[part.replaceAll('~1', '/').replaceAll('~0', '~')], document);
    return followed(document, target, depth + 1);
  }
  // Read by zod as an absolute address, which it need not be.
  if (found.data.format === 'uri-reference') return { type: 'string' };
  return Object.fromEntries(Object.entries(found.data).map(([key, one]) => [key, followed(document, one, depth + 1)]));
}

const validators = new WeakMap<Schema, z.ZodType>();

function validatorOf(schema: Schema): z.ZodType {
  const known = validators.get(schema) ?? z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  validators.set(schema, known);
  return known;
}

/** Why a value is not as the schema says; null when it is. */
export function faultIn(schema: Schema, value: unknown): string | null {
  const result = validatorOf(schema).safeParse(value);
  return result.success ? null : z.prettifyError(result.error);
}

/** The schema of an answer, or the reason why there should be none such. */
export function answerSchema(
  operation: DocumentedOperation,
  status: number,
  contentType: string | undefined,
): Schema | string | null {
  const documented = operation.answers[String(status)];
  if (documented === undefined) return `${operation.id} does not document the status ${status}`;
  if (Object.keys(documented).length === 0) return null;
  const type = contentType?.split(';')[0] ?? 'nothing';
  return documented[type] ?? `${operation.id} does not document ${type} for the status ${status}`;
}
