/** Whatever is wrong with a body, a query or an address, every operation says it to a person. */
import { describe, expect, it } from 'vitest';
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
