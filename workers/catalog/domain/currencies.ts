/**
 * The currency of each country, for shoppers who name only where they are. It decides which price is shown first, nothing
 * else: what a cart is charged in is decided by pricing and its markets.
 *
 * @see https://www.iso.org/iso-4217-currency-codes.html
 */
import { type Currency, currencies } from '../../../shared/values/money.ts';

const countries: Partial<Record<Currency, string>> = {
  AED: 'AE',
  ARS: 'AR',
  AUD: 'AU KI NR TV',
  BDT: 'BD',
  BHD: 'BH',
  BIF: 'BI',
  BRL: 'BR',
  CAD: 'CA',
  CHF: 'CH LI',
  CLP: 'CL',
  CNY: 'CN',
  COP: 'CO',
  CZK: 'CZ',
  DJF: 'DJ',
  DKK: 'DK FO GL',
  EGP: 'EG',
  GBP: 'GB GG IM JE',
  GNF: 'GN',
  HKD: 'HK',
  HUF: 'HU',
  EUR: 'AD AT BE BG CY DE EE ES FI FR GF GP GR HR IE IT LT LU LV MC ME MQ MT NL PT RE SI SK SM VA XK YT',
  IDR: 'ID',
  ILS: 'IL PS',
  INR: 'IN',
  IQD: 'IQ',
  ISK: 'IS',
  JOD: 'JO',
  JPY: 'JP',
  KES: 'KE',
  KMF: 'KM',
  KRW: 'KR',
  KWD: 'KW',
  LYD: 'LY',
  MAD: 'MA EH',
  MXN: 'MX',
  MYR: 'MY',
  NGN: 'NG',
  NOK: 'NO SJ',
  NZD: 'NZ CK NU TK',
  OMR: 'OM',
  PEN: 'PE',
  PHP: 'PH',
  PKR: 'PK',
  PLN: 'PL',
  PYG: 'PY',
  QAR: 'QA',
  RON: 'RO',
  RWF: 'RW',
  SAR: 'SA',
  SEK: 'SE',
  SGD: 'SG',
  THB: 'TH',
  TND: 'TN',
  TRY: 'TR',
  TWD: 'TW',
  UAH: 'UA',
  UGX: 'UG',
  USD: 'US AS BQ EC FM GU MH MP PA PR PW SV TC TL VG VI',
  UYU: 'UY',
  VND: 'VN',
  VUV: 'VU',
  XAF: 'CF CG CM GA GQ TD',
  XOF: 'BF BJ CI GW ML NE SN TG',
  XPF: 'NC PF WF',
  ZAR: 'ZA',
};

const byCountry = new Map<string, Currency>(
  currencies.flatMap((currency) =>
    (countries[currency]?.split(' ') ?? []).map((country) => [country, currency] as const),
  ),
);

/** Null for a country whose currency is not priced in here. */
export function currencyOfCountry(country: string): Currency | null {
  return byCountry.get(country) ?? null;
}
