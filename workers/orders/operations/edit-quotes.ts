/**
 * What an edit would cost: added variants as the catalogue has them, priced with the settings of the moment at which the
 * order was placed, so that an edit there and back costs what it cost before. Goods that went back open no thresholds.
 */
import type { ByHand, CartLine, DiscountByHand } from '../../../shared/contracts/cart/api.ts';
import type { VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';
import type { CartQuestion, PriceableCart, Quote } from '../../../shared/contracts/pricing/api.ts';
import { sha256 } from '../../../shared/digest/sha256.ts';
import { customVariant } from '../../../shared/quoting/by-hand.ts';
import { askQuote, decidingAddress, priceableOf } from '../../../shared/quoting/priceable.ts';
import { namesRecipient, tellField } from '../../../shared/values/address.ts';
import type { Customer } from '../../../shared/values/customer.ts';
import { multiply, sumOf } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import type { CheckoutDetails } from '../domain/checkout/checkout.ts';
import { isDelivered, whatAddressLacks } from '../domain/checkout/reachable.ts';
import { addressFault, type Bought, contactFault } from '../domain/order/corrections.ts';
import { editedLines } from '../domain/order/edit.ts';
import { givenApart } from '../domain/order/given.ts';
import type { Edited, LineUnits } from '../domain/order/operation.ts';
import type { Order } from '../domain/order/order.ts';
import { withoutUnits, withUnits } from '../domain/order/repriced.ts';
import type { PricedExchange } from '../domain/order/return-credit.ts';
import { goneUnitsOf } from '../domain/order/worth.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import type { Readable } from '../service/neighbors.ts';
import type { AddedLine, EditChanges } from '../service/order-commands.ts';

type Shop = Pick<Readable, 'catalog' | 'pricing'>;

/** An order as an edit begins with it. */
export interface Editable extends Pick<CheckoutDetails, 'email' | 'vatId' | 'shippingAddress' | 'billingAddress'> {
  readonly order: Order;
  /** Without what was corrected since. */
  readonly bought: Bought;
  /** What the checkout agreed on, before any edit: the codes and the way of sending that were chosen. */
  readonly agreed: Quote;
  readonly customer: Customer | null;
  readonly placedAt: number;
}

/** Units that come back with this very edit, and all those that what is added comes in the place of. */
interface Exchanged {
  readonly leaving: readonly LineUnits[];
  readonly replaced: readonly LineUnits[];
}

/** Whatever went back is not priced again, nor does shipping change. */
export async function quoteEdit(
  subject: Editable,
  changes: EditChanges,
  shop: Shop,
  { leaving, replaced }: Exchanged = { leaving: [], replaced: [] },
): Promise<Result<PricedExchange, OrderRefusal>> {
  const { order } = subject;
  const { currency } = order.quote;
  const { shippingAddress = subject.shippingAddress, billingAddress = subject.billingAddress } = changes;
  const changed = { ...subject, shippingAddress, billingAddress };
  const fault =
    changes.shippingAddress === undefined
      ? null
      : addressFault(order, subject.shippingAddress, changes.shippingAddress);
  if (fault !== null) return refuse(fault);
  const number = order.operationCount + 1;
  const added = await findVariants(changes.added, currency, shop, { operationNumber: number, field: 'add' });
  if (!added.ok) return added;
  const lines = editedLines(order, { lines: changes.lines, added: added.value }, { number });
  if (!lines.ok) return lines;
  const bought = { lines: lines.value, quote: order.quote };
  const undeliverable =
    whatAddressLacks('shippingAddress', changes.shippingAddress, bought) ??
    whatAddressLacks('billingAddress', changes.billingAddress, bought) ??
    whatCannotBeSent(changed, added.value);
  if (undeliverable !== null) return refuse(undeliverable);
  const unreachable = contactFault(subject.bought, order, addressesIn(changes));
  if (unreachable !== null) return refuse(unreachable);
  const gone = goneUnitsOf(order, leaving);
  const isAllThere = gone.length === 0 && order.refunds.every(({ shippingMinor }) => shippingMinor === 0);
  const discountByHand = changes.discountByHand === undefined ? order.discountByHand : changes.discountByHand;
  const apart = isAllThere ? null : { given: givenApart(order, gone, replaced) };
  const question = questionOf(changed, withoutUnits(lines.value, gone), {
    ...(discountByHand ? { handDiscount: discountByHand.discount } : {}),
    ...apart,
  });
  const quoted = await askQuote(shop.pricing, isAllThere ? question : { ...question, needsGoodsTaxes: true });
  if (!quoted.ok) return refuse<OrderRefusal>({ ...quoted.refusal });
  const { quote: rest } = quoted.value;
  const moved = movedBy(changes, changed);
  if (moved !== null && rest.taxNeeds !== undefined) return refuse(taxesUnknown(moved, rest.taxNeeds, rest));
  const isElsewhere = changes.shippingAddress !== undefined;
  // An order that is stuck already may still be changed where it is.
  if (rest.isUnshippable && (isElsewhere || !order.quote.isUnshippable))
    return refuse(nothingIsSent(lines.value, shippingAddress, rest));
  return accept(isAllThere ? { lines: lines.value, quote: rest } : withUnits(order, lines.value, gone, rest, replaced));
}

/**
 * The order as pricing is asked about it: its buyer, its codes, and the time at which it was bought. Codes and the way of sending are
 * those of the checkout: what does nothing at one address is there again at the next.
 */
function questionOf(
  { order, agreed, placedAt, email, vatId, customer, shippingAddress, billingAddress }: Editable,
  lines: readonly CartLine[],
  discounts: Pick<PriceableCart, 'handDiscount' | 'given'>,
): CartQuestion {
  const { country, currency, taxRelief } = order.quote;
  const { shippingOptionId } = agreed;
  const discountCodes = agreed.discounts.flatMap(({ code }) => (code === null ? [] : [code]));
  const cart = priceableOf({
    ...{ country, currency, shippingAddress, billingAddress, shippingOptionId, lines, email, customer },
    ...{ discountCodes, vatId: vatId ?? null, giftCards: [], storeCredit: null, usedUp: [] },
  });
  // Cards pay what they have paid, and no more.
  const balances = order.cards.map(({ key, paidMinor }) => ({ key, seenMinor: paidMinor }));
  // Of an older order it is not known what freed it from tax, so its edits stay free of it.
  const nobody = { email: null, customerId: null, groups: [], vatId: null, isTaxExempt: false };
  const isFreed = vatId === undefined && taxRelief !== null;
  const buyer = isFreed ? { ...(cart.buyer ?? nobody), isTaxExempt: true } : cart.buyer;
  return { cart: { ...cart, ...discounts, balances, buyer }, now: placedAt, seenAt: placedAt };
}

/** The addresses that an edit changes. */
export function addressesIn({
  shippingAddress,
  billingAddress,
}: Pick<EditChanges, 'shippingAddress' | 'billingAddress'>): Pick<Edited, 'shippingAddress' | 'billingAddress'> {
  return {
    ...(shippingAddress === undefined ? {} : { shippingAddress }),
    ...(billingAddress === undefined ? {} : { billingAddress }),
  };
}

type AddressName = 'shippingAddress' | 'billingAddress';

/** The address that an edit changes and that taxes go by; null where it changes none. */
function movedBy(changes: EditChanges, { order, ...where }: Editable): AddressName | null {
  const deciding = decidingAddress({ ...where, lines: order.lines });
  const names = ['shippingAddress', 'billingAddress'] as const;
  return names.find((name) => changes[name] !== undefined && where[name] === deciding) ?? null;
}

/** Nobody is charged taxes of an address that does not say them. */
function taxesUnknown(name: AddressName, needs: NonNullable<Quote['taxNeeds']>, { country }: Quote): OrderRefusal {
  const errors = needs.map((field) => ({ pointer: `/${name}/${field}`, detail: tellField(field, country) }));
  return { code: 'address-needed', detail: errors[0]?.detail ?? '', errors };
}

/** As a checkout is refused. */
function nothingIsSent(
  lines: readonly CartLine[],
  address: Editable['shippingAddress'],
  { country }: Quote,
): OrderRefusal {
  const sent = lines.filter(({ variant }) => variant.requiresShipping);
  const weightGrams = sumOf(sent.map(({ variant, quantity }) => multiply(variant.weightGrams, quantity)));
  const { region = null, postalCode = null } = address ?? {};
  const detail = 'None of the shipping rates takes these goods to that address.';
  return { code: 'no-shipping-rate', detail, country, region, postalCode, weightGrams };
}

/** Goods that ship cannot be added to an order that goes nowhere or to nobody, as one of files may. */
function whatCannotBeSent(
  { order: { quote }, shippingAddress }: Editable,
  added: readonly { readonly variant: VariantSnapshot }[],
): OrderRefusal | null {
  const index = added.findIndex((line) => isDelivered([line], quote));
  if (index === -1 || (shippingAddress !== null && namesRecipient(shippingAddress))) return null;
  const lacking = shippingAddress === null ? 'The order has no shipping address' : 'The shipping address names nobody';
  const detail = `${lacking}, so nothing that ships can be added.`;
  return { code: 'address-needed', detail, errors: [{ pointer: `/add/${index}`, detail }] };
}

/** Names an edit: the same changes at the same total, to an order that no other operation has touched since. */
export async function editTokenOf(
  { order }: Pick<Editable, 'order'>,
  { lines, added, shippingAddress, billingAddress, discountByHand }: EditChanges,
  totalMinor: number,
): Promise<string> {
  const named = { lines: lines.map((line) => [line.lineId, line.quantity, ...handOf(line)]), added: added.map(nameOf) };
  const discount = discountByHand === undefined ? {} : { discount: discountNamed(discountByHand) };
  const changes = { ...named, ...addressesIn({ shippingAddress, billingAddress }), ...discount };
  const digest = await sha256(JSON.stringify([order.operationCount, changes, totalMinor]));
  return `edit_${digest.slice(0, 32)}`;
}

const nameOf = ({ variantId, sku, custom, quantity, byHand }: AddedLine) => [
  ...[variantId ?? null, sku ?? null, quantity, ...handOf({ byHand })],
  ...(custom === undefined ? [] : [custom]),
];

/** Who makes a price by hand, and when, is no part of what was previewed. */
const handOf = ({ byHand }: Pick<AddedLine, 'byHand'>) => (byHand === undefined ? [] : [byHand.price, byHand.reason]);

const discountNamed = (byHand: DiscountByHand | null) => (byHand === null ? null : [byHand.discount, byHand.reason]);

interface AddedGoods {
  readonly variant: VariantSnapshot;
  readonly quantity: number;
  readonly byHand?: ByHand | undefined;
}

/** The variants that are to be added, each with its quantity. Those that the catalogue does not have are named after the operation. */
export async function findVariants(
  added: readonly AddedLine[],
  currency: string,
  { catalog }: Pick<Shop, 'catalog'>,
  { operationNumber, field }: { readonly operationNumber: number; readonly field: 'add' | 'exchange' },
): Promise<Result<readonly AddedGoods[], OrderRefusal>> {
  const variantIds = added.flatMap(({ variantId }) => (variantId === undefined ? [] : [variantId]));
  const skus = added.flatMap(({ sku }) => (sku === undefined ? [] : [sku]));
  const found = [
    ...(variantIds.length === 0 ? [] : await catalog.variants({ variantIds })),
    ...(skus.length === 0 ? [] : await catalog.variants({ skus })),
  ];
  const lines: AddedGoods[] = [];
  for (const [index, { variantId, sku, custom, quantity, byHand }] of added.entries()) {
    if (custom !== undefined) {
      lines.push({ variant: customVariant(`${operationNumber}_${index + 1}`, custom), quantity, byHand });
      continue;
    }
    const variant = found.find((one) => (variantId === undefined ? one.sku === sku : one.variantId === variantId));
    const name = variantId ?? sku ?? '';
    const no = (code: string, detail: string) =>
      refuse<OrderRefusal>({
        ...{ code, detail },
        errors: [{ pointer: `/${field}/${index}/${variantId === undefined ? 'sku' : 'variantId'}`, detail }],
      });
    if (variant === undefined) return no('unknown-variant', `There is no variant ${name}.`);
    if (!variant.isSold) return no('variant-unavailable', `${variant.sku} is not sold any more.`);
    if (!variant.prices.some((price) => price.currency === currency))
      return no('currency-not-sold', `${variant.sku} has no price in ${currency}.`);
    lines.push({ variant, quantity, byHand });
  }
  return accept(lines);
}
