/**
 * What a cart costs in its market: the figures of a reckoning. The order of lines changes nothing but where a tied cent
 * falls, and a cart that returns to the same lines returns to the same numbers.
 */
import type {
  PricingRefusal,
  Quote,
  QuotedDiscount,
  QuotedLine,
  TaxLine,
} from '../../../shared/contracts/pricing/api.ts';
import { accept, type Result } from '../../../shared/values/result.ts';
import { wantsOf } from './allowance/wants.ts';
import type { Discount, DiscountedEntry } from './cart.ts';
import { rejectedCodes } from './eligibility.ts';
import { offeredGifts } from './gifts.ts';
import { handDiscountIn, handDiscountTitle } from './hand-discount.ts';
import { offeredMethods } from './payment-methods.ts';
import { momentOf, type Reckoning, reckon, type Sources } from './reckoning.ts';
import type { QuoteRequest } from './request.ts';
import { lastTurn } from './schedule.ts';
import type { PricingSettings } from './settings.ts';
import { taxLinesOf } from './tax.ts';

/** Prices a cart. Refused when the market does not sell in the currency, or when the shipping option is not one of it. */
export function quote(
  settings: PricingSettings,
  request: QuoteRequest,
  sources: Sources = {},
): Result<Quote, PricingRefusal> {
  const reckoned = reckon(settings, request, sources);
  return reckoned.ok ? accept(quoteOf(settings, request, reckoned.value)) : reckoned;
}

function quoteOf(settings: PricingSettings, request: QuoteRequest, reckoning: Reckoning): Quote {
  const { chosen, cart, priced, eligible, customer } = reckoning;
  const { country, currency } = chosen;
  const applied = eligible.running.flatMap(({ setting, code, unique }) => {
    const amountMinor = priced.discounts.find(({ promotionKey }) => promotionKey === setting.id)?.amountMinor;
    return amountMinor === undefined ? [] : [{ setting, code, unique, amountMinor }];
  });
  const discountsBy = discountsByLine(priced.discounts);
  return {
    pricingVersion: settings.version,
    pricingSince: sinceOf(settings, momentOf(request, settings)),
    country,
    currency,
    pricesIncludeTax: cart.pricesIncludeTax,
    lines: priced.lines.map((line, index) => {
      const quantityMax = reckoning.quantityMaxOf.get(request.lines[index]?.variantId ?? '');
      const shown = pricedLine(line, reckoning.unitPrices[index], discountsBy.get(line.key));
      return quantityMax === undefined ? shown : { ...shown, quantityMax };
    }),
    shippingOptions: reckoning.shippingOptions,
    shippingOptionId: reckoning.shipping?.id ?? null,
    isUnshippable: reckoning.isUnshippable,
    subtotalMinor: priced.subtotalMinor,
    discountMinor: priced.discountMinor,
    shippingMinor: priced.shippingMinor,
    shippingDiscountMinor: priced.shippingDiscountMinor,
    taxMinor: priced.taxMinor,
    totalMinor: priced.totalMinor,
    discounts: [
      ...applied.map(
        ({ setting, code, amountMinor }): QuotedDiscount => ({
          promotionId: setting.id,
          title: setting.title,
          code,
          amountMinor,
        }),
      ),
      ...handDiscount(priced.discounts),
    ],
    rejectedCodes: rejectedCodes(request.codes ?? [], eligible, priced),
    taxLines: inFixedOrder(priced.taxSummary),
    ...(request.needsGoodsTaxes === true ? { goodsTaxLines: inFixedOrder(taxLinesOf(priced.lines)) } : {}),
    taxRelief: reckoning.relief,
    giftCards: priced.giftCards,
    dueMinor: priced.dueMinor,
    allowances: applied.flatMap(({ setting, unique, amountMinor }) =>
      wantsOf(setting, { currency, customer }, amountMinor, unique),
    ),
    ...(request.needsGiftOffers === true && priced.openGifts.length > 0
      ? { offeredGifts: offeredGifts(reckoning) }
      : {}),
    ...(reckoning.taxNeeds.length > 0 ? { taxNeeds: reckoning.taxNeeds } : {}),
    ...(request.isForCheckout === true || request.needsPaymentMethods === true
      ? { paymentMethods: methodsFor(settings, request, reckoning) }
      : {}),
    ...(reckoning.orderObstacles.length > 0 ? { orderObstacles: reckoning.orderObstacles } : {}),
  };
}

function methodsFor(settings: PricingSettings, { providers }: QuoteRequest, reckoning: Reckoning) {
  const { chosen, customer, priced } = reckoning;
  return offeredMethods(settings, { chosen, groups: customer.groups, dueMinor: priced.dueMinor, providers });
}

/** A change of the settings is one reason for another price, a promotion or list that began or ended is the other. */
function sinceOf({ changedAt, promotions, priceLists }: PricingSettings, now: number): number {
  return Math.max(changedAt, lastTurn(promotions, now) ?? 0, lastTurn(priceLists, now) ?? 0);
}

function handDiscount(discounts: readonly Discount[]): QuotedDiscount[] {
  const given = handDiscountIn(discounts);
  if (given === null) return [];
  const { promotionKey: promotionId, amountMinor } = given;
  return [{ promotionId, title: handDiscountTitle, code: null, amountMinor }];
}

type LineDiscount = QuotedLine['discounts'][number];

function discountsByLine(discounts: readonly Discount[]): ReadonlyMap<string, readonly LineDiscount[]> {
  const byLine = new Map<string, LineDiscount[]>();
  for (const { promotionKey, allocations } of discounts) {
    for (const { from, key, amountMinor } of allocations) {
      if (from !== 'line') continue;
      const one = { promotionId: promotionKey, amountMinor };
      const before = byLine.get(key);
      if (before === undefined) byLine.set(key, [one]);
      else before.push(one);
    }
  }
  return byLine;
}

function pricedLine(
  { key, listedMinor, discountMinor, taxMinor }: DiscountedEntry,
  unit: Reckoning['unitPrices'][number] | undefined,
  discounts: readonly LineDiscount[] = [],
): QuotedLine {
  return {
    lineId: key,
    unitPriceMinor: unit?.unitPriceMinor ?? 0,
    compareAtMinor: unit?.compareAtMinor ?? null,
    priceListId: unit?.priceListId ?? null,
    subtotalMinor: listedMinor,
    discountMinor,
    taxMinor,
    totalMinor: listedMinor - discountMinor,
    discounts,
  };
}

/** The engine lists taxes as the lines bring them; a receipt lists them the same way whatever the order of the lines. */
function inFixedOrder(summary: readonly TaxLine[]): readonly TaxLine[] {
  return summary.toSorted((a, b) => (a.name === b.name ? (a.rate < b.rate ? -1 : 1) : a.name < b.name ? -1 : 1));
}
