/** The region that orders are chosen by: a code, or a name beside its country. */
import { describe, expect, test } from 'vitest';
import { listOrders, OrderFilterQuery } from './order-lists-http.ts';

const read = (query: object) => OrderFilterQuery.safeParse(query);

describe('a region', () => {
  test.each([
    [{ region: 'CA-QC' }, 'CA', 'CA-QC'],
    [{ region: 'ca qc' }, 'CA', 'CA-QC'],
    [{ country: 'CA', region: 'Québec' }, 'CA', 'CA-QC'],
    [{ country: 'CA', region: 'qc' }, 'CA', 'CA-QC'],
    [{ country: 'JP', region: '東京都' }, 'JP', 'JP-13'],
    [{ country: 'US', region: 'California' }, 'US', 'US-CA'],
  ])('%j is one of %s, %s', (query, country, region) => {
    expect(read(query)).toMatchObject({ success: true, data: { country, region } });
  });

  test.each([
    [{ region: 'Limburg' }, 'Give its code of ISO 3166-2, such as CA-QC, or say the country too.'],
    [{ region: 'ZZ-12' }, 'Give its code of ISO 3166-2, such as CA-QC, or say the country too.'],
    [{ country: 'US', region: 'CA-QC' }, 'There is no region "CA-QC" in this country.'],
    [{ country: 'US', region: 'Californa' }, 'Did you mean California (US-CA)?'],
  ])('%j is refused, and says what to give', (query, sentence) => {
    const { error } = read(query);
    expect(error?.issues).toMatchObject([{ path: ['region'], message: expect.stringContaining(sentence) }]);
  });

  test('is read in the list as in exports', () => {
    expect(listOrders.query?.parse({ region: 'ca-qc' })).toMatchObject({
      country: 'CA',
      region: 'CA-QC',
      sort: '-placedAt',
    });
  });
});
