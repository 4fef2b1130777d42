/** The questions about the home market: its countries, currencies, taxes and shipping. What the shop has is what is offered. */
import type { Market } from '../../shared/contracts/pricing/markets.ts';
import { currenciesMax } from '../../shared/contracts/pricing/places.ts';
import type { TaxRateDraft } from '../../shared/contracts/pricing/taxes.ts';
import { type Currency, formatDecimal, type Money, moneyText } from '../../shared/values/money.ts';
import { ClassName, filledText } from '../../shared/values/text.ts';
import type { MarketAnswer, ShippingAnswer } from './answers.ts';
import {
  countryName,
  orNothing,
  percentOf,
  type Reader,
  readBy,
  readCountries,
  readCurrency,
  readPercent,
  readPrice,
  readYesNo,
} from './reading.ts';
import { pricesUsuallyIncludeTax, standardOf } from './standards.ts';
import { marketAnswerOf, type ShopState } from './state.ts';
import type { Asking } from './terminal.ts';

export const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no');

export async function askHome(
  asking: Asking,
  state: ShopState,
): Promise<{ readonly home: MarketAnswer; readonly taxes: TaxRateDraft[] }> {
  const usualHome = state.markets.find(({ isDefault }) => isDefault);
  const question = 'Countries of your home market, the first one at the head';
  const usualCountries = usualHome?.countries.join(', ') ?? null;
  const countries = await asking.ask(question, usualCountries, homeCountries(state.markets));
  const [country = ''] = countries;
  const present = state.markets.find((market) => market.countries.includes(country)) ?? null;
  const name = present?.name ?? countryName(country);
  const usual = usualCurrencies(present, country).join(', ');
  const currencies = await asking.ask('Currencies that you sell in there, the usual one first', usual, readCurrencies);
  const usuallyGross = present?.pricesIncludeTax ?? pricesUsuallyIncludeTax(country);
  const pricesIncludeTax = await asking.ask('Do your prices include tax?', yesOrNo(usuallyGross), readYesNo);
  const { taxRate, taxes } = await askTaxes(asking, state, present, country);
  const before = present === null ? null : marketAnswerOf(state, present);
  const shipping = await askShipping(asking, name, currencies, before?.shipping ?? []);
  const known: Partial<MarketAnswer> = before ?? {};
  return { home: { ...known, name, countries, currencies, pricesIncludeTax, taxRate, shipping }, taxes };
}

/** A country that is all that another market has stays there: it is asked for among the others. */
export function homeCountries(markets: readonly Market[]): Reader<string[]> {
  return (text) => {
    const read = readCountries(text);
    if ('fault' in read) return read;
    const [first, ...others] = read.value;
    if (first === undefined) return { fault: 'Name at least one country, such as DE.' };
    const home = markets.find(({ countries }) => countries.includes(first));
    const stranded = markets.find(
      (market) =>
        market !== home && market.countries.length > 0 && market.countries.every((one) => others.includes(one)),
    );
    if (stranded === undefined) return { value: [...read.value] };
    const name = stranded.countries.join(', ');
    return { fault: `${name} is a market of its own ("${stranded.name}"), with its own tax. Leave it out here.` };
  };
}

/** What the home market has, or what is usual in the country. */
function usualCurrencies(present: Market | null, country: string): readonly string[] {
  const standard = standardOf(country)?.currency;
  if (present === null) return [standard ?? 'EUR'];
  return present.isDefault || standard === undefined ? present.currencies : [standard];
}

const readCurrencies: Reader<Currency[]> = (text) => {
  const found: Currency[] = [];
  for (const word of text.split(',').filter((one) => one.trim() !== '')) {
    const read = readCurrency(word);
    if ('fault' in read) return read;
    if (!found.includes(read.value)) found.push(read.value);
  }
  if (found.length === 0) return { fault: 'Name at least one currency, such as EUR.' };
  return found.length > currenciesMax ? { fault: `At most ${currenciesMax} currencies.` } : { value: found };
};

const isOfWhole =
  (country: string) =>
  ({ zone }: TaxRateDraft): boolean =>
    zone.country === country && zone.region === null && zone.postalCodes.length === 0;

async function askTaxes(asking: Asking, state: ShopState, present: Market | null, country: string) {
  const rates: TaxRateDraft[] = state.taxRates.map(({ id: _id, version: _version, ...rate }) => rate);
  const own = rates.filter(isOfWhole(country));
  const standard = own.find(({ taxClass }) => taxClass === 'standard');
  const usual =
    standard?.rate ?? (present?.isDefault === true ? present.taxRate : null) ?? standardOf(country)?.taxRate;
  const known = usual ?? present?.taxRate ?? null;
  const question = `Standard tax rate in ${countryName(country)} in percent (0: you charge none)`;
  const taxRate = await asking.ask(question, known === null ? null : percentOf(known), readPercent);
  const classes = own.filter(({ taxClass }) => taxClass !== 'standard');
  const written = classes.map(({ taxClass, rate }) => `${taxClass}=${percentOf(rate)}`).join(', ');
  const others = await asking.ask(
    'Other rates, by the tax class of the goods, such as reduced=7 (-: none)',
    written === '' ? '-' : written,
    readClasses,
  );
  const kept = rates.filter((rate) => !isOfWhole(country)(rate));
  const wanted = others.map(({ taxClass, rate }): TaxRateDraft => {
    const before = classes.find((one) => one.taxClass === taxClass);
    if (before !== undefined) return { ...before, rate };
    const zone = { country, region: null, postalCodes: [] };
    return { name: `${countryName(country)}, ${taxClass}`, rate, zone, taxClass, isCompound: false, priority: 0 };
  });
  const flat = standard === undefined ? [] : [{ ...standard, rate: taxRate }];
  return { taxRate, taxes: [...kept, ...flat, ...wanted] };
}

const readClasses: Reader<{ readonly taxClass: string; readonly rate: string }[]> = (text) => {
  const found = new Map<string, string>();
  for (const word of text === '-' ? [] : text.split(/,\s*(?=[a-z])/i)) {
    const [name = '', percent = ''] = word.split('=', 2);
    const taxClass = ClassName.safeParse(name.trim());
    const rate = readPercent(percent);
    if (!taxClass.success || 'fault' in rate) return { fault: 'Write each as class=percent, such as reduced=7.' };
    if (taxClass.data === 'standard') return { fault: 'The standard rate was asked for before.' };
    found.set(taxClass.data, rate.value);
  }
  return { value: [...found].map(([taxClass, rate]) => ({ taxClass, rate })) };
};

/** The rates that the market has, if the merchant keeps them, or new ones. */
export async function askShipping(
  asking: Asking,
  marketName: string,
  currencies: readonly Currency[],
  present: readonly ShippingAnswer[],
): Promise<ShippingAnswer[]> {
  const usable = present.filter(({ prices }) => prices.some(({ currency }) => currencies.includes(currency)));
  if (usable.length > 0) {
    asking.say(`Shipping in ${marketName}: ${usable.map(shippingText).join('; ')}.`);
    if (await asking.ask('Keep it so?', 'yes', readYesNo)) return usable.map((rate) => within(rate, currencies));
  }
  const rates: ShippingAnswer[] = [];
  do {
    const usualName = rates.length === 0 ? 'Standard' : null;
    const taken = rates.map(({ name }) => name);
    const name = await asking.ask(`A way to ship in ${marketName}, as shoppers read it`, usualName, newName(taken));
    const prices: Money[] = [];
    const freeFrom: Money[] = [];
    for (const currency of currencies) {
      prices.push(await asking.ask(`  What it costs, in ${currency}`, null, readPrice(currency)));
      const question = `  Free from which value of the goods, in ${currency} (-: never)`;
      const free = await asking.ask(question, '-', orNothing(readPrice(currency)));
      if (free !== null) freeFrom.push(free);
    }
    rates.push({ name, prices, freeFrom });
  } while (await asking.ask('Another way to ship?', 'no', readYesNo));
  return rates;
}

function newName(taken: readonly string[]): Reader<string> {
  const reader = readBy(filledText(100));
  return (text) => (taken.includes(text) ? { fault: 'There is one of that name already.' } : reader(text));
}

/** Without amounts in currencies that the market does not sell in any more. */
function within(rate: ShippingAnswer, currencies: readonly Currency[]): ShippingAnswer {
  const isSold = ({ currency }: Money): boolean => currencies.includes(currency);
  return { ...rate, prices: rate.prices.filter(isSold), freeFrom: (rate.freeFrom ?? []).filter(isSold) };
}

function shippingText({ name, prices, freeFrom = [] }: ShippingAnswer): string {
  const free = freeFrom.map(({ amount, currency }) => `free from ${formatDecimal(amount, currency)} ${currency}`);
  return [`${name} ${prices.map((price) => moneyText(price)).join(' / ')}`, ...free].join(', ');
}
