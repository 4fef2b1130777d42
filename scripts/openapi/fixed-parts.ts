/** The parts of the OpenAPI document that no operation describes: its head, problems, keys, and headers that mean the same everywhere. */
import type { Operation } from '../../shared/http/operation.ts';
import { problems } from '../../shared/http/problem.ts';
import type { JsonSchema } from './schemas.ts';

const description = `The HTTP API of a shop. Storefronts use \`/v1\` without a key; merchants use \`/admin/v1\` with one.

- Money is \`{"amount": 1999, "currency": "EUR"}\`: whole minor units and an ISO 4217 code.
- Ids carry a prefix and sort by time. Times are RFC 3339 in UTC. Unknown fields are refused.
- Errors are RFC 9457 problem documents with a stable \`code\`; \`errors[].pointer\` names the field.
- Lists answer \`{"items": […], "next": cursor or null}\`; send \`next\` back as \`cursor\`.
- \`ETag\` is the version: \`If-Match\` guards an edit, \`If-None-Match\` saves a transfer.
- \`Idempotency-Key\` makes a retry safe: the same key and body give the same answer. What moves money needs one.`;

export const fixedHead = {
  openapi: '3.1.1',
  info: {
    title: 'Vitrine',
    version: '1.0.0',
    summary: 'The backend of an online shop that runs at the edge',
    description,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/', description: 'This shop' }],
  /** Public unless an operation says otherwise. */
  security: [],
} as const;

const problemSchema: JsonSchema = {
  type: 'object',
  description: 'An RFC 9457 problem document. Further members are the facts of the refusal.',
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Leads to the meaning of the code.' },
    code: { type: 'string', enum: Object.keys(problems) },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string', description: 'RFC 6901.' }, detail: { type: 'string' } },
        required: ['pointer', 'detail'],
      },
    },
  },
  required: ['type', 'code', 'title', 'status'],
};

export const fixedComponents = {
  schemas: { Problem: problemSchema },
  securitySchemes: {
    adminKey: { type: 'http', scheme: 'bearer', description: 'The admin key of the shop.' },
    adminKeyHeader: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'The admin key of the shop.' },
    orderToken: {
      type: 'http',
      scheme: 'bearer',
      description: 'The access token that came with the checkout of this order.',
    },
  },
  headers: {
    RequestId: { description: 'Finds the request in our logs.', schema: { type: 'string' } },
    IdempotencyReplayed: {
      description: '`true` when this is the kept answer of an earlier request.',
      schema: { type: 'string' },
    },
  },
  parameters: {
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      description: 'A UUID of your own per intended effect. A retry with the same key and body has no second effect.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
    IdempotencyKeyRequired: {
      name: 'Idempotency-Key',
      in: 'header',
      required: true,
      description: 'A UUID of your own per intended effect. A retry with the same key and body has no second effect.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
    IfMatch: {
      name: 'If-Match',
      in: 'header',
      description: 'The ETag of the version that you change; another one is refused.',
      schema: { type: 'string' },
    },
    IfNoneMatch: {
      name: 'If-None-Match',
      in: 'header',
      description: 'The ETag that you have; 304 when it is still right.',
      schema: { type: 'string' },
    },
  },
};

/** Whether an operation reads If-None-Match. */
export function isConditional({ isConditional: isStated = false, cacheSeconds }: Operation): boolean {
  return isStated || cacheSeconds !== null;
}

/** The headers that an operation reads, as references to the components above. */
export function headerParameters(operation: Operation): JsonSchema[] {
  const { idempotency, refusals } = operation;
  const names: (keyof typeof fixedComponents.parameters)[] = [];
  if (idempotency === 'optional') names.push('IdempotencyKey');
  if (idempotency === 'required') names.push('IdempotencyKeyRequired');
  if (refusals?.includes('precondition-failed') === true) names.push('IfMatch');
  if (isConditional(operation)) names.push('IfNoneMatch');
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}
