/**
 * That a gift is offered exactly when adding it makes it free: in any cart, unless the added units themselves make another
 * promotion act, reach a threshold, or make earlier promotions leave less of the lines.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OfferedGift, Quote } from '../../../shared/contracts/pricing/api.ts';
import type { Promotion } from '../../../shared/contracts/pricing/promotions.ts';
import { sumOf } from '../../../shared/values/money.ts';
import { anyAmount, anyGift, anyRequest, anyShop } from '../testing/quoted-carts.ts';
import { eur, line, promotion, quoted } from '../testing/settings.ts';
import type { QuoteRequest } from './request.ts';
import type { PricingSettings } from './settings.ts';

/** A cart in a shop with more gifts than usual, what a unit of a gift costs, and whether what is added keeps to itself. */
interface Given {
  readonly settings: PricingSettings;
  readonly asked: QuoteRequest;
  readonly unitPriceMinor: number;
  readonly isOnOwnLine: boolean;
}

const anyGiven: fc.Arbitrary<Given> = fc
  .record({
    base: anyShop,
    asked: anyRequest,
    gifts: fc.array(
      fc.record({
        offer: anyGift,
        priority: fc.integer({ min: 0, max: 5 }),
        isCombinable: fc.boolean(),
        conditions: fc.constantFrom({}, { minSubtotals: [eur(5_000)] }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    unitPriceMinor: anyAmount,
    isOnOwnLine: fc.boolean(),
  })
  .map(({ base, asked, gifts, ...rest }) => {
    const more = gifts.map(({ offer, ...changes }, index) => promotion(`gift_${index}`, offer, changes));
    const settings: PricingSettings = { ...base, promotions: [...(base.promotions ?? []), ...more] };
    return { settings, asked: { ...asked, needsGiftOffers: true }, ...rest };
  });

type Units = Pick<OfferedGift, 'variantId' | 'quantity'>;

/** The cart with these units, on a line of their own or on the first one of the variant. */
function withUnits({ asked, unitPriceMinor, isOnOwnLine }: Given, units: readonly Units[]): QuoteRequest {
  const lines = [...asked.lines];
  for (const { variantId: variant, quantity } of units) {
    const index = lines.findIndex((one) => one.variantId === variant);
    const twin = lines[index];
    if (twin !== undefined && !isOnOwnLine) lines[index] = { ...twin, quantity: twin.quantity + quantity };
    else {
      const fresh = line('', unitPriceMinor, quantity, { variantId: variant });
      lines.push({ ...(twin ?? fresh), lineId: `added_${lines.length}`, quantity });
    }
  }
  return { ...asked, lines };
}

/** The cart once nothing is offered any more: what is taken may reach the threshold of another gift. */
function withAllGifts(given: Given, rounds = 5): Given | null {
  const { offeredGifts = [] } = quoted(given.settings, given.asked);
  if (offeredGifts.length === 0) return given;
  return rounds === 0 ? null : withAllGifts({ ...given, asked: withUnits(given, offeredGifts) }, rounds - 1);
}

/** What is left of the lines when the turn of a promotion comes. */
function leftAtTurn({ promotions = [] }: PricingSettings, { subtotalMinor, lines }: Quote, turn: Promotion): number {
  const isBefore = (one: Promotion) => one.priority - turn.priority || (one.id < turn.id ? -1 : 1);
  const earlier = new Set(promotions.filter((one) => one.id !== turn.id && isBefore(one) < 0).map(({ id }) => id));
  const off = lines.flatMap((one) => one.discounts.filter(({ promotionId }) => earlier.has(promotionId)));
  return subtotalMinor - sumOf(off.map(({ amountMinor }) => amountMinor));
}

/** Whether more units make another promotion act than these, or earlier ones leave less of the lines for these. */
function changesOthers(
  settings: PricingSettings,
  [before, after]: readonly [Quote, Quote],
  these: readonly string[],
): boolean {
  const acted = new Set(before.discounts.map(({ promotionId }) => promotionId));
  const given = (settings.promotions ?? []).filter(({ id }) => these.includes(id));
  return (
    after.discounts.some(({ promotionId }) => !acted.has(promotionId) && !these.includes(promotionId)) ||
    given.some((one) => leftAtTurn(settings, after, one) < leftAtTurn(settings, before, one))
  );
}

/** Checks what is meant in many carts, and that it was the case in enough of them. */
function inManyCarts(check: (given: Given) => boolean): void {
  let met = 0;
  fc.assert(
    fc.property(anyGiven, (given) => {
      if (check(given)) met += 1;
    }),
    { numRuns: 2_000 },
  );
  expect(met).toBeGreaterThan(200);
}

describe('in any cart', () => {
  test('all gifts that are offered cost nothing once they are added, and are offered no more', () => {
    inManyCarts((given) => {
      const { settings, asked } = given;
      const before = quoted(settings, asked);
      const gifts = before.offeredGifts ?? [];
      const after = quoted(settings, withUnits(given, gifts));
      const ids = gifts.map(({ promotionId }) => promotionId);
      if (gifts.length === 0 || changesOthers(settings, [before, after], ids)) return false;
      const variants = new Set(gifts.map((one) => one.variantId));
      const { lines } = withUnits(given, gifts);
      const costs = after.lines.filter((_, index) => variants.has(lines[index]?.variantId ?? ''));
      expect(costs.map(({ totalMinor }) => totalMinor)).toEqual(costs.map(() => 0));
      expect(after.offeredGifts?.filter(({ promotionId }) => ids.includes(promotionId)) ?? []).toEqual([]);
      return true;
    });
  });

  test('so does any one of them alone', () => {
    inManyCarts((given) => {
      const { settings, asked } = given;
      const before = quoted(settings, asked);
      const gifts = before.offeredGifts ?? [];
      const one = gifts.at(-1);
      if (one === undefined) return false;
      const { lines } = withUnits(given, [one]);
      const after = quoted(settings, { ...asked, lines });
      if (changesOthers(settings, [before, after], [one.promotionId])) return false;
      const costs = after.lines.filter((_, index) => lines[index]?.variantId === one.variantId);
      expect(costs.map(({ totalMinor }) => totalMinor)).toEqual(costs.map(() => 0));
      return true;
    });
  });

  test('once all are taken, no other promotion makes more units free', () => {
    inManyCarts((given) => {
      const { settings } = given;
      const full = withAllGifts(given);
      if (full === null) return false;
      const before = quoted(settings, full.asked);
      let isMet = false;
      for (const one of settings.promotions ?? []) {
        const { offer, conditions, limits } = one;
        if (offer.kind !== 'gift-item' || limits.budgets.length > 0) continue;
        const held = full.asked.lines.filter((each) => each.variantId === offer.variantId);
        const lacking = offer.quantity - sumOf(held.map(({ quantity }) => quantity));
        const isWaiting = leftAtTurn(settings, before, one) < (conditions.minSubtotals[0]?.amount ?? 0);
        const asksForItems =
          conditions.minQuantity !== null || Object.values(conditions.items).some((all) => all.length > 0);
        if (lacking <= 0 || isWaiting || asksForItems) continue;
        const after = quoted(settings, withUnits(full, [{ variantId: offer.variantId, quantity: lacking }]));
        const acted = (answer: Quote, id = one.id) => answer.discounts.some(({ promotionId }) => promotionId === id);
        // What shut it out may act no more: a larger cart may be sent for free.
        const isFreed = before.discounts.some(({ promotionId }) => !acted(after, promotionId));
        if (isFreed || changesOthers(settings, [before, after], [one.id])) continue;
        expect(acted(after)).toBe(acted(before));
        isMet = true;
      }
      return isMet;
    });
  });
});
