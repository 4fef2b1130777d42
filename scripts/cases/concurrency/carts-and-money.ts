/** Scenarios about a cart, and about money and promises of which there is only so much: a coupon, a refund, a gift card. */

import { giftCardBalance } from '../../../shared/contracts/pricing/allowances.ts';
import { linesToPrice } from '../../../shared/quoting/priceable.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { cartIdOf } from '../../../tests/simulation/goods.ts';
import { Life } from '../../../tests/simulation/scheduler.ts';
import type { StartedCheckout } from '../../../workers/orders/domain/checkout/checkout.ts';
import type { CheckoutAnswer } from '../../../workers/orders/service/requests.ts';
import { availableOf } from '../../../workers/pricing/domain/allowance/allowance.ts';
import { quote } from '../../../workers/pricing/domain/quote.ts';
import { Claim } from '../differences.ts';
import { cardId, cartsOf, couponUses, goodsOf } from './shop-window.ts';
import { play, refusalOf, type Scene, type Stage } from './stage.ts';

interface SameItem {
  readonly unitPriceMinor: number;
  readonly adds: readonly number[];
  readonly currency: Currency;
}

/** Requests that add the same variant to one empty cart at once. */
export function sameItem({ unitPriceMinor, adds, currency }: SameItem): Scene {
  const wares = goodsOf({ currency, stock: 0, carts: [{ quantity: 1, totalMinor: unitPriceMinor }] });
  const goods = { ...wares, carts: [] };
  return (seed, plants = {}) =>
    play({ goods }, seed, plants, async (stage) => {
      const { carts, scheduler } = stage.shop;
      const { variantOf, settings } = goods.assortment;
      const cartId = cartIdOf(0);
      const add = (quantity: number, index: number) => {
        const line = { lineId: `lin_${index}`, variant: variantOf('var_0'), quantity, attributes: {} };
        return carts.object.ask(new Life('shopper'), 'cart add-lines', (cart) => {
          const { now } = scheduler;
          const origin = { country: 'DE', currency, createdAt: now } as const;
          return cart.execute(cartId, { type: 'add-lines', lines: [line], origin, emptyUntil: now + 1, now });
        });
      };
      await stage.together(adds.map((quantity, index) => () => add(quantity, index)));
      const cart = await carts.snapshot(cartId, scheduler.now);
      const quoted =
        cart === null
          ? null
          : quote(settings, {
              country: 'DE',
              currency,
              shippingOptionId: null,
              lines: linesToPrice(cart.lines, currency),
            });
      return () => ({
        lines: cart?.lines.length ?? 0,
        quantity: (cart?.lines ?? []).reduce((sum, { quantity }) => sum + quantity, 0),
        subtotalMinor: quoted?.ok ? quoted.value.subtotalMinor : null,
      });
    });
}

interface LastUses {
  readonly usesLeft: number;
  readonly checkouts: number;
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly currency: Currency;
}

/** Checkouts at once with a coupon for fewer. A shopper who is refused goes away, or buys at the full price. */
export function lastUses({ usesLeft, checkouts, subtotalMinor, discountMinor, currency }: LastUses): Scene {
  const carts = cartsOf(Array<number>(checkouts).fill(1), subtotalMinor);
  const goods = goodsOf({ currency, stock: checkouts, carts, coupon: { usesLeft, discountMinor } });
  return (seed, plants = {}) =>
    play({ goods }, seed, plants, async (stage) => {
      const answers = await stage.together(carts.map((_, index) => () => buyAgain(stage, index, 'code-used-up')));
      return () => {
        const orders = stage.orders();
        const full = orders.filter((checkout) => discountOf(checkout) === 0);
        const refused = answers.map(refusalOf).flatMap((code) => (code === null ? [] : [code]));
        const discounted = orders.filter((checkout) => discountOf(checkout) === discountMinor);
        const otherwise = orders.length - full.length - discounted.length;
        return {
          usesLeft: usesLeft - stage.shop.allowances.replayed(couponUses).committed,
          discountedOrders: discounted.length,
          neverBoth: discounted.length <= usesLeft,
          otherCheckout: Claim.amongWords([
            ...refused.map((code) => (code === 'code-used-up' ? 'refused' : code)),
            ...full.map(() => 'repriced'),
            ...Array<string>(otherwise).fill('discounted otherwise'),
          ]),
          otherTotalIfRepricedMinor: Claim.all(full.map(({ details }) => details.quote.totalMinor)),
        };
      };
    });
}

function discountOf({ details }: StartedCheckout): number {
  return details.quote.subtotalMinor - details.quote.totalMinor;
}

interface Refunds {
  readonly capturedMinor: number;
  readonly refundsMinor: readonly number[];
  readonly currency: Currency;
}

/** Parts of one payment that are to be given back, all at once. */
export function refundRace({ capturedMinor, refundsMinor, currency }: Refunds): Scene {
  const goods = goodsOf({ currency, stock: 1, carts: cartsOf([1], capturedMinor) });
  return (seed, plants = {}) =>
    play({ goods }, seed, plants, async (stage) => {
      await stage.buy(0);
      const [checkout] = stage.orders();
      const checkoutId = checkout?.details.checkoutId ?? '';
      const refund = (otherMinor: number, index: number) =>
        stage
          .merchant(`merchant ${index}`)
          .ask(checkoutId, { type: 'refund', lines: [], shippingMinor: 0, otherMinor, note: null });
      const answers = await stage.together(refundsMinor.map((amountMinor, index) => () => refund(amountMinor, index)));
      const accepted = answers.filter((answer) => answer !== null && answer.status < 300).length;
      const refused = answers.filter((answer) => answer !== null && answer.status >= 400).length;
      return () => ({ accepted, refused, ...stage.books() });
    });
}

interface OneCard {
  readonly balanceMinor: number;
  readonly totalsMinor: readonly number[];
  readonly currency: Currency;
}

/** One gift card in several checkouts at once. A shopper who is refused goes away, or pays the rest otherwise. */
export function oneCard({ balanceMinor, totalsMinor, currency }: OneCard): Scene {
  const carts = totalsMinor.map((totalMinor) => ({ quantity: 1, totalMinor }));
  const goods = goodsOf({ currency, stock: carts.length, carts, cardBalanceMinor: balanceMinor });
  return (seed, plants = {}) => {
    let leastMinor = balanceMinor;
    const onAllowance: Parameters<typeof play>[0]['onAllowance'] = (_name, allowance) => {
      leastMinor = Math.min(leastMinor, availableOf(allowance) ?? leastMinor);
    };
    return play({ goods, onAllowance }, seed, plants, async (stage) => {
      await stage.together(carts.map((_, index) => () => buyAgain(stage, index, 'gift-card-insufficient')));
      return () => {
        const spentMinor = stage.orders().reduce((sum, checkout) => sum + paidByCards(checkout), 0);
        const leftMinor = availableOf(stage.shop.allowances.replayed(giftCardBalance(cardId))) ?? 0;
        return {
          balanceMinorAtLeast: Claim.atLeast(Math.min(leastMinor, leftMinor)),
          spentPlusBalanceMinor: spentMinor + leftMinor,
          neverSpentMoreThanMinor: Claim.atMost(Math.max(spentMinor, balanceMinor - leastMinor)),
        };
      };
    });
  };
}

function paidByCards({ details: { quote } }: StartedCheckout): number {
  return quote.giftCards.reduce((sum, { usedMinor }) => sum + usedMinor, 0);
}

/** Buys; after this refusal perhaps once more, without the coupon and with what is left on the card. */
async function buyAgain(stage: Stage, cartIndex: number, refusal: string): Promise<CheckoutAnswer> {
  const shopper = stage.shopper(cartIndex);
  const answer = await stage.buy(cartIndex, shopper);
  const { random, now } = stage.shop.scheduler;
  if (refusalOf(answer) !== refusal || random.chance(0.5)) return answer;
  const giftCards = await cardsLeft(stage, now);
  await shopper.change({ discountCodes: [], giftCards });
  return stage.buy(cartIndex, shopper);
}

async function cardsLeft({ shop }: Stage, now: number) {
  if (shop.goods.assortment.cards.size === 0) return [];
  const [level] = await shop.allowances.api(new Life('shopper')).balances([giftCardBalance(cardId)], now);
  const balanceMinor = level?.available ?? 0;
  return balanceMinor === 0 ? [] : [{ cardId, last4: cardId.slice(-4), balanceMinor }];
}
