/**
 * Who gets which market. A country belongs to at most one; the fallback market takes the countries that none names. Pricing
 * decides by it what a cart is charged in, and the catalogue what a page shows, so the two cannot disagree.
 */
import type { MarketChoice, MarketWish, PricingRefusal } from '../contracts/pricing/api.ts';
import type { MarketOutline } from '../contracts/pricing/shelf.ts';
import { accept, type Result, refuse } from '../values/result.ts';

export interface Chosen<Market extends MarketOutline> extends MarketChoice {
  readonly market: Market;
}

/** Markets in the order of their ids, which is that of their making. */
interface Markets<Market extends MarketOutline> {
  readonly markets: readonly Market[];
}

/**
 * Finds the market for a wish: a country leads to its market, a currency alone to the first market that sells in it, and
 * no wish to the default market. What is not wished for is the first that the market has.
 */
export function chooseMarket<Market extends MarketOutline>(
  settings: Markets<Market>,
  wish: MarketWish,
): Result<Chosen<Market>, PricingRefusal> {
  const no = (detail: string) =>
    refuse({ code: 'unknown-market', country: wish.country, currency: wish.currency, detail });
  const market =
    wish.country === null ? marketByCurrency(settings, wish.currency) : marketByCountry(settings, wish.country);
  if (market === undefined) {
    if (wish.country !== null) return no(`Nothing is sold to ${wish.country}.`);
    return no(wish.currency === null ? 'There is no default market.' : `Nothing is sold in ${wish.currency}.`);
  }
  const country = wish.country ?? market.countries[0];
  if (country === undefined) return no(`${market.name} names no country of its own: say which one.`);
  const currency = market.currencies.find((sold) => wish.currency === null || sold === wish.currency);
  if (currency === undefined) {
    const detail = `${market.name} sells in ${market.currencies.join(', ')}, not in ${wish.currency}.`;
    return refuse({
      code: 'currency-not-in-market',
      country,
      currency: wish.currency,
      detail,
      available: market.currencies,
    });
  }
  return accept({ marketId: market.id, country, currency, market });
}

function marketByCountry<Market extends MarketOutline>(
  { markets }: Markets<Market>,
  country: string,
): Market | undefined {
  return markets.find((market) => market.countries.includes(country)) ?? markets.find((market) => market.isFallback);
}

/** The default market first and the fallback last; the others in the order of their making. */
function marketByCurrency<Market extends MarketOutline>(
  { markets }: Markets<Market>,
  currency: string | null,
): Market | undefined {
  const standard = markets.find((market) => market.isDefault);
  if (currency === null) return standard;
  const sells = (market: Market | undefined): market is Market =>
    market?.currencies.some((sold) => sold === currency) ?? false;
  if (sells(standard)) return standard;
  return markets.find((market) => !market.isFallback && sells(market)) ?? markets.find(sells);
}
