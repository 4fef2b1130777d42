/**
 * Which promotions run for a cart: those that are active now, for this shopper and market, and whose code was given if they
 * have one. What depends on earlier discounts is left to the engine. Every code that does nothing gets its reason.
 */
import type { RejectedCode } from '../../../shared/contracts/pricing/api.ts';
import type { Promotion } from '../../../shared/contracts/pricing/promotions.ts';
import { isOfBudget, wantsOf } from './allowance/wants.ts';
import type { PricedCart } from './cart.ts';
import { normalizedCode } from './codes.ts';
import { isEverything } from './items.ts';
import { amountIn, giftUnits, type OfferContext, offerFor } from './offers.ts';
import type { Promotion as EnginePromotion } from './promotion.ts';
import type { QuoteCustomer } from './request.ts';
import { timingOf } from './schedule.ts';

interface PromotionContext extends OfferContext {
  readonly marketId: string;
  readonly customer: QuoteCustomer;
  readonly usedUp: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

interface RunningPromotion {
  readonly setting: Promotion;
  readonly code: string | null;
  readonly engine: EnginePromotion;
}

type Obstacle = Omit<RejectedCode, 'code'>;

export interface Eligible {
  /** In the order in which they act. */
  readonly running: readonly RunningPromotion[];
  /** By code as it was given. */
  readonly obstacles: ReadonlyMap<string, Obstacle>;
}

export function eligiblePromotions(
  promotions: readonly Promotion[],
  codes: readonly string[],
  context: PromotionContext,
): Eligible {
  const given = new Map(codes.map((code) => [normalizedCode(code), code]));
  const obstacles = new Map<string, Obstacle>();
  for (const code of given.values()) obstacles.set(code, { reason: 'unknown' });
  const running = promotions.flatMap((setting): RunningPromotion[] => {
    if (!setting.isActive) return [];
    const known = given.size === 0 ? [] : setting.codes.flatMap((code) => given.get(code) ?? []);
    const code = known[0];
    if (code === undefined && setting.codes.length > 0) return [];
    for (const one of known.slice(1)) obstacles.set(one, { reason: 'not-combinable' });
    const engine = forEngine(setting, context);
    if (code !== undefined) obstacles.delete(code);
    if (!('reason' in engine)) return [{ setting, code: code ?? null, engine }];
    if (code !== undefined) obstacles.set(code, engine);
    return [];
  });
  const byPriority = (a: RunningPromotion, b: RunningPromotion) =>
    a.setting.priority - b.setting.priority || (a.setting.id < b.setting.id ? -1 : 1);
  return { running: running.sort(byPriority), obstacles };
}

function forEngine(setting: Promotion, context: PromotionContext): EnginePromotion | Obstacle {
  const timing = timingOf(setting, context.now);
  if (timing.state === 'not-started') return { reason: 'not-started', from: timing.from };
  if (timing.state === 'expired') return { reason: 'expired', until: timing.until };
  const { conditions, limits } = setting;
  if (!isForCustomer(setting, context.customer)) return { reason: 'not-for-customer' };
  if (!isForCart(setting, context)) return { reason: 'not-applicable' };
  if (isPerCustomer(setting) && context.customer.id === null) return { reason: 'customer-needed' };
  const buyer = { currency: context.currency, customer: context.customer };
  const spent = wantsOf(setting, buyer, 1).filter(({ allowance }) => context.usedUp.has(allowance));
  // A use is one or none; of a budget something may be left that is less than this cart wants.
  const isUseSpent = spent.some((want) => !isOfBudget(want));
  if (spent.length > 0) return isUseSpent ? { reason: 'used-up', available: 0 } : { reason: 'used-up' };
  const minSubtotalMinor = amountIn(conditions.minSubtotals, context.currency);
  const offer = offerFor(setting.offer, context);
  const isInCurrency = minSubtotalMinor !== null || conditions.minSubtotals.length === 0;
  const hasBudget = limits.budgets.length === 0 || amountIn(limits.budgets, context.currency) !== null;
  if (offer === null || !isInCurrency || !hasBudget) return { reason: 'not-applicable' };
  return {
    key: setting.id,
    isExclusive: !setting.isCombinable,
    conditions: { code: null, minSubtotalMinor, minLineQuantity: null, containsKey: null },
    ...offer,
  };
}

function isPerCustomer({ conditions, limits }: Promotion): boolean {
  return limits.usesPerCustomerMax !== null || conditions.isFirstOrder;
}

/** Whether anybody has to find out if this is the customer's first order. */
export function asksFirstOrder(promotions: readonly Promotion[], codes: readonly string[]): boolean {
  const given = codes.map(normalizedCode);
  return promotions.some(
    (one) =>
      one.isActive &&
      one.conditions.isFirstOrder &&
      (one.codes.length === 0 || one.codes.some((code) => given.includes(code))),
  );
}

/** Without a customer it is not known whether this would be a first order. */
function isForCustomer({ conditions }: Promotion, { id, groups, isFirstOrder }: QuoteCustomer): boolean {
  const { customerGroups } = conditions;
  return (
    (customerGroups.length === 0 || customerGroups.some((group) => groups.includes(group))) &&
    (!conditions.isFirstOrder || isFirstOrder || id === null)
  );
}

/** What else discounts cannot change: the market, and what is in the cart. A gift does not count towards its own quantity. */
function isForCart({ conditions, offer }: Promotion, { marketId, items, lines }: PromotionContext): boolean {
  const { marketIds, minQuantity } = conditions;
  if (marketIds.length > 0 && !marketIds.includes(marketId)) return false;
  const needed = Math.max(minQuantity ?? 0, isEverything(conditions.items) ? 0 : 1);
  if (needed === 0) return true;
  const { keys, quantity } = items(conditions.items);
  const own = offer.kind === 'gift-item' ? giftUnits(offer, lines).units : [];
  const ownQuantity = own
    .filter(({ key }) => keys === null || keys.includes(key))
    .reduce((sum, units) => sum + units.quantity, 0);
  return quantity - ownQuantity >= needed;
}

/** Why each code that was given took nothing off, in the order in which they were given. */
export function rejectedCodes(
  codes: readonly string[],
  { running, obstacles }: Eligible,
  { discounts, subtotalMinor, ...priced }: Pick<PricedCart, 'discounts' | 'subtotalMinor' | 'belowMinimum'>,
): readonly RejectedCode[] {
  const belowMinimum = new Set(priced.belowMinimum);
  const applied = new Set(discounts.map(({ promotionKey }) => promotionKey));
  const byCode = new Map(running.flatMap((one) => (one.code === null ? [] : [[one.code, one] as const])));
  const isAnyExclusive = running.some(({ setting }) => applied.has(setting.id) && !setting.isCombinable);
  return codes.flatMap((code): RejectedCode[] => {
    const obstacle = obstacles.get(code);
    if (obstacle !== undefined) return [{ code, ...obstacle }];
    const found = byCode.get(code);
    // A code that was given twice, in another case, counts once.
    if (found === undefined || applied.has(found.setting.id)) return [];
    const minimumMinor = found.engine.conditions.minSubtotalMinor;
    if (minimumMinor !== null && subtotalMinor < minimumMinor) return [{ code, reason: 'below-minimum', minimumMinor }];
    const isBarred = isAnyExclusive || (!found.setting.isCombinable && applied.size > 0);
    if (isBarred) return [{ code, reason: 'not-combinable' }];
    return minimumMinor !== null && belowMinimum.has(found.setting.id)
      ? [{ code, reason: 'below-minimum', minimumMinor }]
      : [{ code, reason: 'not-applicable' }];
  });
}
