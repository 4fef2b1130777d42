/**
 * What a merchant may want of an order: drawn by what the order is ready for, now and then by nothing at all, because people
 * press buttons that do nothing.
 */

import { balancesOf, fulfillmentStateOf } from '../../workers/orders/domain/order/balances.ts';
import { type Order, returningOf, unitsIn, unitsOfLine, unshippedOf } from '../../workers/orders/domain/order/order.ts';
import type { OrderCommand } from '../../workers/orders/service/order-commands.ts';
import { locationIds } from './goods.ts';
import type { Random } from './random.ts';

export type Deed = OrderCommand['type'];

/** How much a merchant is drawn to each deed. */
type Weights = Readonly<Record<Deed, number>>;

const anything: Weights = {
  fulfill: 1,
  unfulfill: 1,
  capture: 1,
  collect: 1,
  cancel: 1,
  refund: 1,
  edit: 1,
  'request-return': 1,
  'decide-return': 1,
  receive: 1,
  'settle-return': 1,
  track: 1,
  note: 1,
  correct: 1,
};

/** Pairs that quarrel over the same money or goods when they come at once. */
const quarrels: readonly (readonly [Deed, Deed])[] = [
  ['fulfill', 'cancel'],
  ['unfulfill', 'cancel'],
  ['unfulfill', 'refund'],
  ['unfulfill', 'request-return'],
  ['unfulfill', 'unfulfill'],
  ['capture', 'cancel'],
  ['refund', 'refund'],
  ['receive', 'refund'],
  ['fulfill', 'edit'],
  ['fulfill', 'capture'],
  ['cancel', 'refund'],
  ['edit', 'cancel'],
  ['edit', 'refund'],
  ['collect', 'collect'],
  ['receive', 'receive'],
  ['settle-return', 'settle-return'],
  ['settle-return', 'refund'],
];

/** A deed and one that quarrels with it; where there is none, the same twice. */
export function quarrelOver(deed: Deed, random: Random): readonly Deed[] {
  const fitting = quarrels.filter((pair) => pair.includes(deed));
  return fitting[random.between(0, fitting.length - 1)] ?? [deed, deed];
}

export function drawDeed(order: Order, random: Random): Deed {
  if (random.chance(0.08)) return random.weighted(anything);
  const { capturableMinor, refundableMinor, outstandingMinor, chargedBackMinor } = balancesOf(order);
  const isDisputed = chargedBackMinor > 0 && refundableMinor === 0;
  const state = fulfillmentStateOf(order);
  const left = order.lines.reduce((sum, line) => sum + unshippedOf(order, line), 0);
  const shipped = unitsIn(order.fulfillments.flatMap(({ lines }) => lines));
  const comingBack = order.lines.reduce((sum, { lineId }) => sum + returningOf(order, lineId), 0);
  const isLeft = !order.isCanceled && left > 0;
  const has = (...states: readonly string[]) => order.returns.some((one) => states.includes(one.state));
  return random.weighted<Deed>({
    fulfill: isLeft ? 6 : 0,
    unfulfill: order.fulfillments.length > 0 ? 1.5 : 0,
    capture: capturableMinor > 0 ? 2 : 0,
    collect: outstandingMinor > 0 ? 3 : 0,
    cancel: !order.isCanceled && state === 'unfulfilled' ? (isDisputed ? 12 : 4) : 0,
    refund: refundableMinor > 0 ? 4 : 0,
    edit: order.isCanceled ? 0 : 4,
    'request-return': shipped > comingBack ? 4 : 0,
    'decide-return': has('requested') ? 5 : 0,
    receive: has('approved', 'partially-received') ? 6 : 0,
    'settle-return': has('partially-received', 'received') ? 1 : 0,
    track: order.fulfillments.length > 0 ? 0.3 : 0,
    note: 0.3,
    correct: 0.3,
  });
}

/** The command of a deed. The token of an edit comes from its preview, so it is empty here. */
export function commandOf(deed: Deed, order: Order, random: Random): OrderCommand {
  const { capturableMinor, refundableMinor, outstandingMinor } = balancesOf(order);
  const line = order.lines[random.between(0, order.lines.length - 1)];
  const lineId = line?.lineId ?? 'lin_0';
  const some = { lineId, quantity: random.between(1, line?.quantity ?? 1) };
  const place = () => random.weighted({ promised: 6, loc_main: 2, loc_shop: 2, loc_nowhere: 0.2 });
  const placeOrNone = () => {
    const name = place();
    return name === 'promised' ? null : name;
  };
  const part = (amountMinor: number) => random.between(1, Math.max(1, amountMinor));
  const note = null;
  switch (deed) {
    case 'fulfill': {
      const lines = random.chance(0.5) ? null : [{ ...some, quantity: 1, locationId: placeOrNone() }];
      const isCaptured = random.chance(0.15) ? random.chance(0.5) : null;
      // Not drawn, so that a seed goes on as it went before goods were held for their money.
      const isUnpaidFine = outstandingMinor % 3 === 0;
      return { type: deed, lines, locationId: placeOrNone(), tracking: null, isCaptured, isUnpaidFine };
    }
    case 'capture':
      return { type: deed, amountMinor: random.chance(0.4) ? null : part(capturableMinor) };
    case 'collect':
      return {
        type: deed,
        amountMinor: random.chance(0.5) ? Math.max(1, outstandingMinor) : part(outstandingMinor),
        note,
      };
    case 'cancel':
      return { type: deed, note, isRestocked: random.chance(0.7), isRefunded: random.chance(0.7) };
    case 'refund': {
      const canceling = random.chance(0.3) ? { cancelQuantity: random.between(0, 1) } : {};
      const lines = random.chance(0.5) ? [{ ...some, quantity: 1, ...canceling }] : [];
      const otherMinor = lines.length > 0 ? 0 : random.chance(0.2) ? refundableMinor : part(refundableMinor);
      return { type: deed, lines, shippingMinor: random.chance(0.2) ? 'all' : 0, otherMinor, note };
    }
    case 'edit': {
      const isGrown = random.chance(0.4);
      const quantity = isGrown && random.chance(0.5) ? some.quantity + 1 : random.between(0, some.quantity);
      const added = isGrown ? [{ variantId: random.pick(['var_a', 'var_b', 'var_kit']), quantity: 1 }] : [];
      return { type: deed, lines: [{ lineId, quantity }], added, token: '' };
    }
    case 'request-return': {
      const exchange = random.chance(0.25) ? [{ variantId: random.pick(['var_a', 'var_b']), quantity: 1 }] : [];
      return { type: deed, lines: [{ ...some, reason: null }], exchange, note, isApproved: random.chance(0.6) };
    }
    case 'decide-return': {
      const returnId = order.returns.find(({ state }) => state === 'requested')?.id ?? 'ret_1';
      return { type: deed, returnId, action: random.weighted({ approve: 7, reject: 1, cancel: 1 }), note };
    }
    case 'receive': {
      const open = order.returns.find(({ state }) => state === 'approved' || state === 'partially-received');
      const [missing] = (open?.lines ?? []).filter(
        (one) => one.quantity > unitsOfLine(one.lineId, open?.received ?? []),
      );
      const condition = random.weighted({ sellable: 3, damaged: 1 });
      const one = { lineId: missing?.lineId ?? lineId, quantity: 1, condition, isRestocked: random.chance(0.8) };
      const lines = random.chance(0.4) ? null : [one];
      const locationId = random.chance(0.5) ? null : random.pick([...locationIds, 'loc_nowhere']);
      return { type: deed, returnId: open?.id ?? 'ret_1', lines, locationId, isRefunded: random.chance(0.85) };
    }
    case 'settle-return': {
      const came = order.returns.filter(({ received }) => received.length > 0);
      const failed = came.filter(({ failure }) => failure !== null);
      const [first] = failed.length > 0 ? failed : came;
      const as = random.weighted({ asAsked: 3, exchange: 1, refund: 2 });
      return { type: deed, returnId: first?.id ?? 'ret_1', as: as === 'asAsked' ? null : as, note };
    }
    case 'track': {
      const fulfillmentId = order.fulfillments.at(-1)?.id ?? 'ful_1';
      return { type: deed, fulfillmentId, tracking: { carrier: 'post', number: random.text(6), url: null } };
    }
    case 'note':
      return { type: deed, text: random.text(8) };
    case 'unfulfill':
      return { type: deed, fulfillmentId: order.fulfillments.at(-1)?.id ?? 'ful_1' };
    case 'correct':
      return { type: deed, corrections: { tags: [random.text(8)] } };
  }
}
