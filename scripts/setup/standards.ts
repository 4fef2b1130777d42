/**
 * What is usual in a country: its currency and the standard rate of its value added tax, as defaults of questions. Countries whose
 * taxes differ by region, such as the United States, Canada or Brazil, have no rate here.
 *
 * @see https://europa.eu/youreurope/business/taxation/vat/vat-rules-rates/ for the European Union
 * @see https://www.gov.uk/vat-rates
 * @see https://www.estv.admin.ch/estv/en/home/value-added-tax/vat-rates-switzerland.html also for Liechtenstein
 * @see https://www.skatteetaten.no/en/rates/value-added-tax/
 */

interface Standard {
  readonly currency: string;
  /** A decimal such as "0.19"; null where it differs by region or is not known here. */
  readonly taxRate: string | null;
}

const inEuros: Readonly<Record<string, string>> = {
  ...{ AT: '0.20', BE: '0.21', BG: '0.20', CY: '0.19', DE: '0.19', EE: '0.24', ES: '0.21', FI: '0.255', FR: '0.20' },
  ...{ GR: '0.24', HR: '0.25', IE: '0.23', IT: '0.22', LT: '0.21', LU: '0.17', LV: '0.21', MC: '0.20', MT: '0.18' },
  ...{ NL: '0.21', PT: '0.23', SI: '0.22', SK: '0.23' },
};

const inOtherCurrencies: Readonly<Record<string, readonly [currency: string, taxRate: string | null]>> = {
  ...{ CZ: ['CZK', '0.21'], DK: ['DKK', '0.25'], HU: ['HUF', '0.27'], PL: ['PLN', '0.23'], RO: ['RON', '0.21'] },
  ...{ SE: ['SEK', '0.25'], GB: ['GBP', '0.20'], IM: ['GBP', '0.20'], CH: ['CHF', '0.081'], LI: ['CHF', '0.081'] },
  ...{ NO: ['NOK', '0.25'], US: ['USD', null], CA: ['CAD', null], BR: ['BRL', null], IN: ['INR', null] },
  ...{ AU: ['AUD', null], NZ: ['NZD', null], JP: ['JPY', null], KR: ['KRW', null], SG: ['SGD', null] },
  ...{ MX: ['MXN', null], ZA: ['ZAR', null], TR: ['TRY', null], IS: ['ISK', null], AE: ['AED', null] },
};

/** Null for a country of which nothing is known here. */
export function standardOf(country: string): Standard | null {
  const euroRate = inEuros[country];
  if (euroRate !== undefined) return { currency: 'EUR', taxRate: euroRate };
  const other = inOtherCurrencies[country];
  return other === undefined ? null : { currency: other[0], taxRate: other[1] };
}

/** Countries where a price on the shelf is usually without tax. */
const netPriced = ['US', 'CA'];

export const pricesUsuallyIncludeTax = (country: string): boolean => !netPriced.includes(country);
