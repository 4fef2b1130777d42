/** Whatever is wrong with a body, a query or an address, every operation says it to a person. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readContracts } from '../../scripts/openapi/contracts.ts';
import { readWith } from '../../shared/http/faults.ts';
import { wrongValues } from './wrong-values.ts';

const { operations } = await readContracts();
const parts = operations.flatMap(({ id, body, query, params }) =>
  Object.entries({ body, query, params }).flatMap(([part, schema]) =>
    schema === undefined ? [] : [{ name: `${part} of ${id}`, schema }],
  ),
);

/** Words of the schema library, and of nobody else. */
const foreign = /invalid|expected \w+,|received|undefined|NaN|pattern|regex|\brecord\b|9007199254740991/i;

describe('the faults of', () => {
  it.each(parts)('the $name are sentences', ({ schema }) => {
    for (const value of wrongValues(schema)) {
      const read = readWith(schema, value);
      if (read.isRead) continue;
      for (const { detail, pointer } of read.faults) {
        const said = `${pointer}: ${detail}`;
        expect(detail, said).toMatch(/^(?:[A-Z0-9`"].*[.]|[A-Z].*\?)$/s);
        expect(detail, said).not.toMatch(foreign);
      }
    }
  });
});

describe('no fault', () => {
  it('names a field that asks something, or stands for one, as if it were a thing', () => {
    const odd = /^(?:The|Give the) (?:is|has|may|if) |Give entry \d+ of the tag\.|^The outstanding|^A whole number\.$/;
    const found = parts.flatMap(({ name, schema }) =>
      [...wrongValues(schema)].flatMap((value) => {
        const read = readWith(schema, value);
        return read.isRead
          ? []
          : read.faults.filter(({ detail }) => odd.test(detail)).map(({ detail }) => `${name}: ${detail}`);
      }),
    );
    expect(found).toEqual([]);
  });
});

describe('a number where a text is needed', () => {
  const said = (value: unknown) => {
    const read = readWith(z.object({ rate: z.string() }), { rate: value });
    return read.isRead ? [] : read.faults.map(({ detail }) => detail);
  };

  it.each([
    [0.19, 'The rate must be a text in quotes: "0.19", not 0.19.'],
    [1, 'The rate must be a text in quotes, not a number.'],
    [true, 'The rate must be a text, not true.'],
  ])('is told how it is written: %j', (value, detail) => {
    expect(said(value)).toEqual([detail]);
  });
});

describe('a field that is missing', () => {
  const bodyOf = (id: string) => operations.find((operation) => operation.id === id)?.body;
  const said = (id: string, value: unknown) => {
    const body = bodyOf(id);
    if (body === undefined) throw new Error(`${id} has no body`);
    const read = readWith(body, value);
    return read.isRead ? [] : read.faults.map(({ pointer, detail }) => `${pointer} ${detail}`);
  };

  it('is asked for by its name', () => {
    expect(said('changeCart', { shippingAddress: { country: 'DE', city: 'Berlin' } })).toEqual([
      '/shippingAddress/address1 Give the street and number.',
    ]);
  });

  it('is asked for like one that is empty', () => {
    expect(said('changeCart', { shippingAddress: { country: 'DE', city: 'Berlin', address1: '' } })).toEqual([
      '/shippingAddress/address1 Give the street and number.',
    ]);
  });
});
