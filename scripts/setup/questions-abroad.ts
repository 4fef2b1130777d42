/** The questions about where else goods are sent: to every market that the shop has, to none, or to some countries. */
import type { Currency } from '../../shared/values/money.ts';
import type { Answers, MarketAnswer, ShippingAnswer } from './answers.ts';
import { askShipping } from './questions-market.ts';
import { countryName, percentOf, type Reader, readCountries, readPercent } from './reading.ts';
import { pricesUsuallyIncludeTax } from './standards.ts';
import { marketAnswerOf, ratesOf, type ShopState } from './state.ts';
import type { Asking } from './terminal.ts';

type Elsewhere = 'all' | 'none' | { readonly countries: readonly string[]; readonly isRestIncluded: boolean };

export async function askAbroad(
  asking: Asking,
  state: ShopState,
  home: MarketAnswer,
): Promise<Required<Pick<Answers, 'markets' | 'otherMarkets'>>> {
  const others = state.markets.filter(({ countries }) => !countries.some((one) => home.countries.includes(one)));
  asking.say(`Other markets of the shop: ${others.map(({ name }) => name).join(', ')}.`);
  const question = 'Where else do you send to? all of them, none, or countries (and "rest" for the rest of the world)';
  const elsewhere = await asking.ask(question, usualElsewhere(state, others), readElsewhere(home.countries));
  if (elsewhere === 'all') return { markets: [home], otherMarkets: 'keep' };
  if (elsewhere === 'none') return { markets: [home], otherMarkets: 'close' };

  const markets: MarketAnswer[] = [home];
  const shipping = new Map<string, readonly ShippingAnswer[]>();
  const wanted = new Set(elsewhere.countries);
  for (const market of others) {
    const isWanted = market.isFallback ? elsewhere.isRestIncluded : market.countries.some((one) => wanted.has(one));
    if (!isWanted) continue;
    for (const country of market.countries) wanted.delete(country);
    const answer = marketAnswerOf(state, market);
    markets.push(await withShipping(asking, answer, shipping));
  }
  for (const country of wanted) {
    const question = `Tax rate for goods that go to ${countryName(country)}, in percent`;
    const taxRate = await asking.ask(question, percentOf('0'), readPercent);
    const currencies = home.currencies;
    const pricesIncludeTax = home.pricesIncludeTax && pricesUsuallyIncludeTax(country);
    const answer = { name: countryName(country), countries: [country], currencies, pricesIncludeTax, taxRate };
    markets.push(await withShipping(asking, answer, shipping));
  }
  return { markets, otherMarkets: 'close' };
}

/** A market without shipping gets that of an earlier one with the same currencies, which is asked for once. */
async function withShipping(
  asking: Asking,
  answer: MarketAnswer,
  asked: Map<string, readonly ShippingAnswer[]>,
): Promise<MarketAnswer> {
  if ((answer.shipping ?? []).length > 0) return answer;
  const currencies: readonly Currency[] = answer.currencies;
  const key = currencies.join();
  const shipping =
    asked.get(key) ?? (await askShipping(asking, `markets in ${currencies.join(' and ')}`, currencies, []));
  asked.set(key, shipping);
  return { ...answer, shipping: [...shipping] };
}

function usualElsewhere(state: ShopState, others: ShopState['markets']): string {
  const served = others.filter(({ id }) => ratesOf(state, id).length > 0);
  if (served.length === 0) return 'none';
  if (served.length === others.length) return 'all';
  return served.map(({ countries, isFallback }) => (isFallback ? 'rest' : (countries[0] ?? ''))).join(', ');
}

function readElsewhere(home: readonly string[]): Reader<Elsewhere> {
  return (text) => {
    if (/^(?:all|none)$/i.test(text)) return { value: text.toLowerCase() === 'all' ? 'all' : 'none' };
    const words = text.split(',').map((one) => one.trim());
    const named = words.filter((one) => !/^rest$/i.test(one));
    const read = readCountries(named.join(','));
    if ('fault' in read) return read;
    const countries = read.value.filter((one) => !home.includes(one));
    const isRestIncluded = named.length < words.length;
    if (countries.length === 0 && !isRestIncluded)
      return { fault: 'Answer all, none, or name countries, such as AT, CH.' };
    return { value: { countries, isRestIncluded } };
  };
}
