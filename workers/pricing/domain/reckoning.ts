/**
 * Everything that leads from a cart and the settings of a merchant to its price: the market, the unit prices, the taxes, the
 * way it is sent, the promotions that run, and what the engine makes of them. A quote shows the figures of a reckoning, an
 * explanation its causes. Time comes with the request.
 */
import type {
  OrderObstacle,
  PlaceDetail,
  PricingRefusal,
  QuoteLine,
  ShippingOption,
} from '../../../shared/contracts/pricing/api.ts';
import type { PriceList } from '../../../shared/contracts/pricing/price-lists.ts';
import { chooseMarket } from '../../../shared/quoting/markets.ts';
import { amountMax, multiply, sumOf } from '../../../shared/values/money.ts';
import { accept, assert, type Result, refuse } from '../../../shared/values/result.ts';
import type { Cart, PricedCart } from './cart.ts';
import { type Eligible, eligiblePromotions } from './eligibility.ts';
import { lessGiven } from './given.ts';
import { handPromotion } from './hand-discount.ts';
import { indexItems, withoutLines } from './items.ts';
import { amountIn } from './offers.ts';
import { orderObstacles, refuseOrder, variantMaximums } from './order-limits.ts';
import { type PaidForLine, paidForLines } from './paid-for-lines.ts';
import { price } from './price.ts';
import { emptyBook, isOnSale, listsFor, type PriceBook, type UnitPrice, unitPrices } from './price-lists.ts';
import type { QuoteCustomer, QuoteRequest } from './request.ts';
import type { ChosenMarket, PricingSettings } from './settings.ts';
import { chooseShipping, defaultProfile, shippingOptionsOf } from './shipping.ts';
import { shippingClass, standardClass, type TaxProvider, type TaxRelief, tableProvider } from './tax-tables.ts';
import { taxableGoods } from './taxable-goods.ts';
import type { Place } from './zones.ts';

export interface Reckoning {
  readonly chosen: ChosenMarket;
  readonly customer: QuoteCustomer;
  readonly unitPrices: readonly UnitPrice[];
  readonly shippingOptions: readonly ShippingOption[];
  readonly shipping: ShippingOption | null;
  readonly isUnshippable: boolean;
  readonly orderObstacles: readonly OrderObstacle[];
  /** What of the place its taxes depend on and nobody has said. */
  readonly taxNeeds: readonly PlaceDetail[];
  /** By variant, where the market limits it. */
  readonly quantityMaxOf: ReadonlyMap<string, number>;
  readonly relief: TaxRelief;
  readonly eligible: Eligible;
  readonly cart: Cart;
  readonly priced: PricedCart;
}

/** What a reckoning needs beyond the settings. Absent: no list has entries, and taxes are those of the merchant's table. */
export interface Sources {
  readonly book?: PriceBook;
  readonly taxProvider?: TaxProvider;
}

/** Of whom nothing is known. */
export const stranger: QuoteCustomer = { id: null, groups: [], isFirstOrder: false, vatId: null, isTaxExempt: false };

/** The moment that a request is priced for, in milliseconds since 1970. */
export function momentOf({ now, asOf }: QuoteRequest, settings: PricingSettings): number {
  return now ?? asOf ?? settings.changedAt;
}

/** The lists that decide a cart's unit prices; none where it is refused anyway. */
export function listsOf(settings: PricingSettings, request: QuoteRequest): readonly PriceList[] {
  const chosen = chooseMarket(settings, request);
  if (!chosen.ok) return [];
  const { marketId } = chosen.value;
  return listsFor(settings, { marketId, customer: request.customer ?? stranger, now: momentOf(request, settings) });
}

export function reckon(
  settings: PricingSettings,
  request: QuoteRequest,
  { book = emptyBook, taxProvider = tableProvider(settings.taxRates) }: Sources,
): Result<Reckoning, PricingRefusal> {
  const chosen = chooseMarket(settings, request);
  if (!chosen.ok) return chosen;
  const { market, country, currency } = chosen.value;
  const { lines } = request;
  const place: Place = { country, region: null, postalCode: null, ...request.address };
  const customer = request.customer ?? stranger;
  const now = momentOf(request, settings);

  const { mode } = market.rounding;
  const listed = unitPrices(lines, listsOf(settings, request), book, { currency, mode });
  // A price list may lift a cart over what its lines could come to when they were added.
  if (listedMinorOf(lines, listed) > amountMax) return refuse({ code: 'total-too-large', max: amountMax });
  const goods = taxableGoods({ lines, unitPrices: listed }, { market, place, customer, provider: taxProvider });

  const usedUp = new Set(request.usedUp);
  const items = indexItems(lines);
  const context = {
    ...{ currency, lines, marketId: market.id, customer, usedUp, now },
    items: withoutLines(items, lines, ({ isGiftCard }) => isGiftCard === true),
    uniqueCodes: request.uniqueCodes ?? [],
    isOnSale: (index: number) => isLineOnSale(lines[index], listed[index]),
  };
  const eligible = eligiblePromotions(settings.promotions, request.codes ?? [], context);
  const { given } = request;
  const whole = [...eligible.running.map(({ engine }) => engine), ...handPromotion(request, context.items)];
  const promotions = given === undefined ? whole : whole.map((one) => lessGiven(one, given));
  const paidOf = once(() => paidForLines(lines, listed, promotions, mode));
  const paidMinorOf = () => paidOf().map(({ paidMinor }) => paidMinor);
  const sent = sendingOf(settings, request, chosen.value, { listed, paidOf, place });
  if (!sent.ok) return sent;
  const { shipping, isUnshippable } = sent.value;
  const cart: Cart = {
    pricesIncludeTax: goods.pricesIncludeTax,
    rounding: market.rounding,
    lines: goods.lines,
    shipping: shipping === null ? [] : [goods.shipmentFor(shipping, paidMinorOf)],
    surcharges: [],
    codes: [],
    giftCards: request.giftCards ?? [],
    promotions,
  };
  const priced = price(cart);
  assert(priced.ok, 'a cart without rebates costs no less than nothing');
  const { subtotalMinor, discountMinor } = priced.value;
  const obstacles = orderObstacles(chosen.value, {
    lines,
    items,
    // Thresholds are compared with tax where prices include it, also for a buyer who is exempt from tax.
    goodsMinor: () => (goods.relief === null ? subtotalMinor - discountMinor : sumOf(paidMinorOf())),
  });
  const [obstacle] = obstacles;
  if (obstacle !== undefined && request.isForCheckout === true) return refuseOrder(obstacle, chosen.value, { lines });
  return accept({
    chosen: chosen.value,
    customer,
    unitPrices: goods.unitPrices,
    shipping,
    shippingOptions: sent.value.shippingOptions.map((option) => ({
      ...option,
      priceMinor: goods.shipmentFor(option, paidMinorOf).amountMinor,
    })),
    isUnshippable,
    orderObstacles: obstacles,
    taxNeeds: goods.relief === null ? taxProvider.needs(place, taxedClasses(lines)) : [],
    quantityMaxOf: variantMaximums(market, { lines, items }),
    relief: goods.relief,
    eligible,
    cart,
    priced: priced.value,
  });
}

/** A class without rates of its own is taxed like the standard one; nothing is taxed where no line is. */
function taxedClasses(lines: QuoteRequest['lines']): ReadonlySet<string> {
  const taxed = lines.filter(({ isTaxable }) => isTaxable).map(({ taxClass }) => taxClass ?? standardClass);
  const isSent = lines.some(({ requiresShipping }) => requiresShipping);
  return new Set([...taxed, ...(taxed.length > 0 || isSent ? [standardClass, shippingClass] : [])]);
}

function isLineOnSale(line: QuoteLine | undefined, unit: UnitPrice | undefined): boolean {
  return line !== undefined && unit !== undefined && isOnSale(line, unit);
}

/** Asks at most once, and only when the answer is needed. */
function once<Answer>(ask: () => Answer): () => Answer {
  let known: { readonly answer: Answer } | null = null;
  return () => {
    known ??= { answer: ask() };
    return known.answer;
  };
}

/** Where a cart is sent, and what its lines are worth by themselves. */
interface Sending {
  readonly place: Place;
  readonly listed: readonly UnitPrice[];
  readonly paidOf: () => readonly PaidForLine[];
}

/** How the cart is sent. A market that names no price for shipping in the currency ships for free. */
function sendingOf(
  settings: PricingSettings,
  { lines, shippingOptionId, isForCheckout }: QuoteRequest,
  { market, currency }: ChosenMarket,
  { listed, paidOf, place }: Sending,
): Result<Pick<Reckoning, 'shipping' | 'shippingOptions' | 'isUnshippable'>, PricingRefusal> {
  const rates = settings.shippingRates.filter((rate) => rate.marketId === market.id);
  const shipped = lines.filter((line) => line.requiresShipping);
  const mustShip = shipped.length > 0;
  const weightGrams = sumOf(shipped.map((line) => multiply(line.weightGrams, line.quantity)));
  const shippingOptions = mustShip
    ? shippingOptionsOf(rates, {
        place,
        currency,
        subtotalMinor: (counts) =>
          sentMinorOf(
            lines,
            // A gift never helps to reach a threshold: what it makes free counts in neither way.
            paidOf().map(({ paidMinor, giftQuantity }, index) =>
              counts === 'after-discounts'
                ? paidMinor
                : (listed[index]?.unitPriceMinor ?? 0) * ((lines[index]?.quantity ?? 0) - giftQuantity),
            ),
          ),
        weightGrams,
        profiles: new Set(shipped.map((line) => line.shippingProfile ?? defaultProfile)),
      })
    : [];
  const isCharged = rates.some((rate) => amountIn(rate.prices, currency) !== null);
  const shipping = chooseShipping(shippingOptions, shippingOptionId, rates, mustShip);
  if (!shipping.ok) return shipping;
  const isUnshippable = mustShip && isCharged && shipping.value === null;
  if (isUnshippable && isForCheckout === true) return refuse({ code: 'no-shipping-rate', ...place, weightGrams });
  return accept({ shipping: shipping.value, shippingOptions, isUnshippable });
}

/** Of the goods that ship. */
function sentMinorOf(lines: QuoteRequest['lines'], minors: readonly number[]): number {
  return sumOf(minors.filter((_, index) => lines[index]?.requiresShipping === true));
}

function listedMinors(lines: QuoteRequest['lines'], listed: readonly UnitPrice[]): readonly number[] {
  return lines.map(({ quantity }, index) => (listed[index]?.unitPriceMinor ?? 0) * quantity);
}

/** What the lines are listed at together. It may leave the safe integers, never by so much as to seem small. */
function listedMinorOf(lines: QuoteRequest['lines'], listed: readonly UnitPrice[]): number {
  return listedMinors(lines, listed).reduce((sum, lineMinor) => sum + lineMinor, 0);
}
