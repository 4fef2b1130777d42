/** Every answer that was recorded from a running shop is one that the OpenAPI document promises: its status, its type, its form. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecorded } from '../../scripts/openapi/recorded.ts';
import { answerSchema, faultIn, readDocument } from '../journeys/openapi-document.ts';

const document = await readFile(path.resolve(import.meta.dirname, '../../openapi.json'), 'utf8');
const operations = new Map(readDocument(document).map((operation) => [operation.id, operation]));
const { operations: recorded } = await readRecorded();

/** Recorded text was no JSON when it came. */
const typesOf = (answer: unknown) => (typeof answer === 'string' ? ['text/csv', 'text/html'] : ['application/json']);

describe('a recorded answer is as documented', () => {
  it.each(Object.entries(recorded))('%s', (id, { status, answer }) => {
    const operation = operations.get(id);
    if (operation === undefined) throw new Error(`${id} is not documented`);
    const schemas = typesOf(answer).map((type) => answerSchema(operation, status, type));
    const schema = schemas.find((one) => typeof one !== 'string');
    expect(schema, schemas.join()).toBeDefined();
    if (schema === null || schema === undefined || typeof schema === 'string') expect(answer).toBeUndefined();
    else expect(faultIn(schema, answer)).toBeNull();
  });
});
