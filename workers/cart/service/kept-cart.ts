/**
 * The answer with a cart as it is kept under an idempotency key: not its text, but what makes the same text again. A cart of thirty
 * lines is answered with 18 KB, of which its events hold most; what is kept is only what pricing said, in less than a tenth.
 *
 * It is for the events of a cart, which live longer than its answers are kept.
 */
import type { OfferedGift, UnusableBalance } from '../../../shared/contracts/pricing/api.ts';
import type { ShownLine, ShownQuote } from '../../../shared/quoting/views.ts';
import type { CartOrigin } from '../domain/cart.ts';
import type { LineState } from '../domain/line-state.ts';

interface KeptFacts {
  readonly cartId: string;
  readonly version: number;
  /** A cart without events exists by its id, which says this. */
  readonly origin: CartOrigin;
  /** The moment of the answer: a freeze may have been over by then. */
  readonly now: number;
  readonly ttlMs: number;
  readonly gifts: readonly OfferedGift[];
  readonly unusableBalances?: readonly UnusableBalance[];
  readonly lineStates: readonly LineState[];
}

interface KeptCart extends KeptFacts {
  readonly quote: ShownQuote;
}

/** A line by its place: the cart says which one it is. */
type KeptLine = readonly [
  unitPriceMinor: number,
  compareAtMinor: number | null,
  priceListId: string | null,
  subtotalMinor: number,
  discountMinor: number,
  taxMinor: number,
  totalMinor: number,
];

/** A release that changes the form raises this, and reads the one before for a day. */
const format = 1;

type Kept = readonly [typeof format, KeptFacts, Omit<ShownQuote, 'lines'>, readonly KeptLine[]];

export function keptText({ quote, ...facts }: KeptCart): string {
  const kept: Kept = [
    format,
    facts,
    factsOf(quote),
    quote.lines.map((line) => [
      line.unitPriceMinor,
      line.compareAtMinor,
      line.priceListId,
      line.subtotalMinor,
      line.discountMinor,
      line.taxMinor,
      line.totalMinor,
    ]),
  ];
  return JSON.stringify(kept);
}

/** Whether a kept text is one of these; a refusal is kept as the document that it is. */
export function isKeptCart(text: string): boolean {
  return text.startsWith('[');
}

interface ReadCart extends KeptFacts {
  /** The quote for the cart as it was. */
  quoteFor(lines: readonly Pick<ShownLine, 'lineId'>[]): ShownQuote;
}

/** Reads what `keptText` wrote. */
export function readKeptCart(text: string): ReadCart {
  const [, facts, quote, kept]: Kept = JSON.parse(text);
  return {
    ...facts,
    quoteFor: (lines) => ({
      ...quote,
      lines: kept.map((line, index) => shownLine(line, lines[index]?.lineId ?? '')),
    }),
  };
}

function shownLine(
  [unitPriceMinor, compareAtMinor, priceListId, subtotalMinor, discountMinor, taxMinor, totalMinor]: KeptLine,
  lineId: string,
): ShownLine {
  return { lineId, unitPriceMinor, compareAtMinor, priceListId, subtotalMinor, discountMinor, taxMinor, totalMinor };
}

/** What of a quote is shown beside its lines; a quote carries more. */
function factsOf(quote: ShownQuote): Omit<ShownQuote, 'lines'> {
  const { currency, pricesIncludeTax, pricingVersion, shippingOptionId } = quote;
  const { discounts, rejectedCodes, taxLines, taxRelief, giftCards, orderObstacles, taxNeeds } = quote;
  const { subtotalMinor, discountMinor, shippingMinor, shippingDiscountMinor, taxMinor, totalMinor, dueMinor } = quote;
  return {
    ...{ currency, pricesIncludeTax, pricingVersion, shippingOptionId },
    ...{ discounts, rejectedCodes, taxLines, taxRelief, giftCards },
    ...(orderObstacles === undefined ? {} : { orderObstacles }),
    ...(taxNeeds === undefined ? {} : { taxNeeds }),
    ...{ subtotalMinor, discountMinor, shippingMinor, shippingDiscountMinor, taxMinor, totalMinor, dueMinor },
  };
}
