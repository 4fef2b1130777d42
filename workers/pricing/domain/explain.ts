/**
 * Why a cart costs what it costs, from the same reckoning as its quote: every amount with its rule, what the rule was
 * applied to, and how it was rounded. `totalsOf` adds the steps up again; nothing else goes into the totals.
 */
import type { PricingRefusal } from '../../../shared/contracts/pricing/api.ts';
import type { CartExplanation, ExplainedTotals } from '../../../shared/contracts/pricing/explanation.ts';
import { multiply, sumOf } from '../../../shared/values/money.ts';
import { accept, type Result } from '../../../shared/values/result.ts';
import type { DiscountedEntry } from './cart.ts';
import { handDiscountTitle } from './hand-discount.ts';
import { type Reckoning, reckon, type Sources } from './reckoning.ts';
import type { QuoteRequest } from './request.ts';
import type { PricingSettings } from './settings.ts';

type Entry = CartExplanation['entries'][number];
type Step = Entry['steps'][number];

/** Explains a cart. Refused exactly when its quote is. */
export function explain(
  settings: PricingSettings,
  request: QuoteRequest,
  sources: Sources = {},
): Result<CartExplanation, PricingRefusal> {
  const reckoned = reckon(settings, request, sources);
  if (!reckoned.ok) return reckoned;
  const { chosen, relief, priced } = reckoned.value;
  const { pricesIncludeTax, rounding } = reckoned.value.cart;
  const lists = new Map(settings.priceLists.map(({ id, name }) => [id, name]));
  const entries = [...lineEntries(reckoned.value, lists), ...shippingEntries(reckoned.value)];
  const payments = priced.giftCards.map(({ key, usedMinor }) => ({ key, usedMinor }));
  return accept({
    pricingVersion: settings.version,
    country: chosen.country,
    currency: chosen.currency,
    pricesIncludeTax,
    rounding: { ...rounding },
    taxRelief: relief,
    entries,
    payments,
    totals: totalsOf(entries, payments),
  });
}

/** The totals that the steps add up to. */
export function totalsOf(entries: readonly Entry[], payments: CartExplanation['payments']): ExplainedTotals {
  const sum = (isMeant: (step: Step, from: Entry['from']) => boolean): number =>
    sumOf(
      entries.flatMap(({ from, steps }) =>
        steps.filter((step) => isMeant(step, from)).map(({ amountMinor }) => amountMinor),
      ),
    );
  const totalMinor = sum(({ kind }) => kind !== 'tax-inside');
  return {
    subtotalMinor: sum(({ kind }, from) => (kind === 'price' || kind === 'tax-relief') && from === 'line'),
    discountMinor: 0 - sum(({ kind }, from) => kind === 'discount' && from === 'line'),
    shippingMinor: sum(({ kind }, from) => (kind === 'price' || kind === 'discount') && from === 'shipping'),
    shippingDiscountMinor: 0 - sum(({ kind }, from) => kind === 'discount' && from === 'shipping'),
    taxMinor: sum(({ kind }) => kind === 'tax-inside' || kind === 'tax-on-top'),
    totalMinor,
    dueMinor: totalMinor - sumOf(payments.map(({ usedMinor }) => usedMinor)),
  };
}

function lineEntries(reckoning: Reckoning, lists: ReadonlyMap<string, string>): Entry[] {
  return reckoning.priced.lines.map((line, index) => {
    const unit = reckoning.unitPrices[index];
    const listId = unit?.priceListId ?? null;
    const quantity = reckoning.cart.lines[index]?.quantity ?? 0;
    const baseMinor = unit?.withTaxMinor ?? unit?.unitPriceMinor ?? 0;
    const price: Step = {
      kind: 'price',
      rule: listId ?? 'catalog',
      title: listId === null ? 'Catalogue price' : (lists.get(listId) ?? ''),
      baseMinor,
      quantity,
      rate: null,
      amountMinor: multiply(baseMinor, quantity),
      rounding: 'exact',
    };
    const steps = [
      price,
      ...reliefSteps(reckoning, price, line),
      ...discountSteps(reckoning, 'line', line),
      ...taxSteps(reckoning, line),
    ];
    return { from: 'line', key: line.key, steps };
  });
}

/** The tax that was inside the price of a line and is not charged, rounded once for the whole line. */
function reliefSteps({ relief, cart }: Reckoning, price: Step, { listedMinor }: DiscountedEntry): Step[] {
  const amountMinor = listedMinor - price.amountMinor;
  if (relief === null || amountMinor === 0) return [];
  return [
    {
      kind: 'tax-relief',
      rule: relief,
      title: relief === 'exempt' ? 'Exempt from tax' : 'The buyer owes the tax',
      baseMinor: price.amountMinor,
      quantity: 1,
      rate: null,
      amountMinor,
      rounding: cart.rounding.mode,
    },
  ];
}

function shippingEntries(reckoning: Reckoning): Entry[] {
  const { shipping, priced } = reckoning;
  return priced.shipping.map((shipment) => {
    const price: Step = {
      kind: 'price',
      rule: shipping?.id ?? '',
      title: shipping?.name ?? '',
      baseMinor: shipment.listedMinor,
      quantity: 1,
      rate: null,
      amountMinor: shipment.listedMinor,
      rounding: priced.shipping.length > 1 ? 'shared' : 'exact',
    };
    const steps = [price, ...discountSteps(reckoning, 'shipping', shipment), ...taxSteps(reckoning, shipment)];
    return { from: 'shipping', key: shipment.key, steps };
  });
}

/** What each promotion took off the entry, in the order in which they acted, each on what the earlier ones left. */
function discountSteps(
  { priced, eligible, cart }: Reckoning,
  from: Entry['from'],
  { key, listedMinor }: DiscountedEntry,
): Step[] {
  let leftMinor = listedMinor;
  return priced.discounts.flatMap(({ promotionKey, allocations, stepRate, ...discount }): Step[] => {
    const offMinor = allocations.find((one) => one.from === from && one.key === key)?.amountMinor;
    if (offMinor === undefined) return [];
    const running = eligible.running.find(({ setting }) => setting.id === promotionKey);
    const offer = cart.promotions.find((one) => one.key === promotionKey);
    const baseMinor = leftMinor;
    leftMinor -= offMinor;
    return [
      {
        kind: 'discount',
        rule: promotionKey,
        title: running?.setting.title ?? handDiscountTitle,
        baseMinor,
        quantity: 1,
        rate: stepRate ?? (offer !== undefined && 'rate' in offer ? offer.rate : null),
        ...(offer?.maxAmountMinor === discount.amountMinor ? { mostMinor: discount.amountMinor } : {}),
        amountMinor: -offMinor,
        rounding: allocations.length > 1 ? 'shared' : cart.rounding.mode,
      },
    ];
  });
}

function taxSteps({ cart }: Reckoning, { taxes, listedMinor, discountMinor }: DiscountedEntry): Step[] {
  const { mode, level } = cart.rounding;
  const chargedMinor = listedMinor - discountMinor;
  let beforeMinor = 0;
  return taxes.map(({ name, rate, taxMinor, isCompound }) => {
    // A compound rate acts on the taxes before it too.
    const baseMinor = isCompound === true && !cart.pricesIncludeTax ? chargedMinor + beforeMinor : chargedMinor;
    beforeMinor += taxMinor;
    return {
      kind: cart.pricesIncludeTax ? 'tax-inside' : 'tax-on-top',
      rule: name,
      title: isCompound === true ? `${name}, on top of the taxes before it` : name,
      baseMinor,
      quantity: 1,
      rate,
      amountMinor: taxMinor,
      rounding: level === 'order' ? 'shared' : mode,
    };
  });
}
