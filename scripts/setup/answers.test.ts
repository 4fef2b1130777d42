/** A file of answers: what is wrong with it is said by field. */
import { describe, expect, test } from 'vitest';
import { readAnswers } from './answers.ts';

const germany = { name: 'Germany', countries: ['DE'], currencies: ['EUR'], pricesIncludeTax: true, taxRate: '0.19' };
const rate = { name: 'Standard', prices: [{ amount: 490, currency: 'EUR' }] };

function pointersOf(value: unknown): readonly string[] {
  const read = readAnswers(typeof value === 'string' ? value : JSON.stringify(value));
  return 'faults' in read ? read.faults.map(({ pointer }) => pointer) : [];
}

test('every part may be left out', () => {
  expect(readAnswers('{}')).toEqual({ answers: {} });
});

describe('a fault is named by its field', () => {
  test.each([
    ['no JSON', '{"shop": ', ['']],
    ['something else', [], ['']],
    ['an unknown part', { shops: {} }, ['/shops']],
    ['no market', { markets: [] }, ['/markets']],
    ['a rate in percent', { markets: [{ ...germany, taxRate: '19' }] }, ['/markets/0/taxRate']],
    ['a missing field', { markets: [{ ...germany, currencies: undefined }] }, ['/markets/0/currencies']],
    ['a country that is none', { markets: [{ ...germany, countries: ['DE', 'XX'] }] }, ['/markets/0/countries/1']],
    [
      'a home market without countries',
      { markets: [{ ...germany, countries: [], isFallback: true }] },
      ['/markets/0/countries'],
    ],
    ['a country in two markets', { markets: [germany, { ...germany, name: 'Two' }] }, ['/markets/1/countries/0']],
    [
      'two ways to ship of one name',
      { markets: [{ ...germany, shipping: [rate, rate] }] },
      ['/markets/0/shipping/1/name'],
    ],
    [
      'a price in a currency that is not sold in',
      { markets: [{ ...germany, shipping: [{ ...rate, prices: [{ amount: 1, currency: 'USD' }] }] }] },
      ['/markets/0/shipping/0/prices/0/currency'],
    ],
    ['two lines for a name', { shop: { name: 'Shop\r\nBcc: all@shop.example' } }, ['/shop/name']],
    ['a sender that is no address', { mail: { from: { address: 'Shop <a@shop.example>' } } }, ['/mail/from/address']],
    ['a way to pay twice', { payment: [{ id: 'manual' }, { id: 'manual' }] }, ['/payment']],
    ['a provider that is none', { payment: [{ id: 'x', provider: 'gold' }] }, ['/payment/0/provider']],
    ['a tax without a place', { taxes: [{ name: 'T', rate: '0.1' }] }, ['/taxes/0/zone']],
  ])('%s', (_name, value, pointers) => {
    expect(pointersOf(value)).toEqual(pointers);
  });
});
