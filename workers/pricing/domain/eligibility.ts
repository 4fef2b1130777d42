/**
 * Which promotions run for a cart: those that are active now, for this shopper and market, and whose code was given if they
 * have one. What depends on earlier discounts is left to the engine. Every code that does nothing gets its reason.
 */
import type { RejectedCode } from '../../../shared/contracts/pricing/api.ts';
import type { Promotion } from '../../../shared/contracts/pricing/promotions.ts';
import { isOfOneCustomer } from '../../../shared/values/allowance-names.ts';
import { sumOf } from '../../../shared/values/money.ts';
import { normalizedCode } from '../../../shared/values/typed-codes.ts';
import { isOfBudget, usesOf, wantsOf } from './allowance/wants.ts';
import type { PricedCart } from './cart.ts';
import type { UniqueCode } from './codes.ts';
import { everything, isEverything, withoutLines } from './items.ts';
import { amountIn, giftUnits, type OfferContext, offerFor } from './offers.ts';
import type { Promotion as EnginePromotion, Minimum } from './promotion.ts';
import type { QuoteCustomer } from './request.ts';
import { timingOf } from './schedule.ts';

interface PromotionContext extends OfferContext {
  readonly marketId: string;
  readonly customer: QuoteCustomer;
  readonly usedUp: ReadonlySet<string>;
  readonly uniqueCodes: readonly UniqueCode[];
  /** Whether the line with this index is sold at a price that is compared with a higher one. */
  readonly isOnSale: (index: number) => boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

interface RunningPromotion {
  readonly setting: Promotion;
  readonly code: string | null;
  /** The code, where it is one of its own uses. */
  readonly unique: UniqueCode | null;
  readonly engine: EnginePromotion;
}

/** A code as it was given, for the promotion that knows it. */
interface KnownCode {
  readonly code: string;
  readonly unique: UniqueCode | null;
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
    const known = given.size === 0 ? [] : codesOf(setting, given, context);
    const usable = known.filter(({ code, unique }) => {
      const obstacle = unique === null ? null : obstacleOf(unique, context);
      if (obstacle !== null) obstacles.set(code, obstacle);
      return obstacle === null;
    });
    const [first] = usable;
    if (first === undefined && (setting.codes.length > 0 || setting.hasUniqueCodes)) return [];
    for (const { code } of usable.slice(1)) obstacles.set(code, { reason: 'not-combinable' });
    const engine = forEngine(setting, context);
    if (first !== undefined) obstacles.delete(first.code);
    const { code, unique } = first ?? { code: null, unique: null };
    if (!('reason' in engine)) return [{ setting, code, unique, engine }];
    if (code !== null) obstacles.set(code, engine);
    return [];
  });
  const byPriority = (a: RunningPromotion, b: RunningPromotion) =>
    a.setting.priority - b.setting.priority || (a.setting.id < b.setting.id ? -1 : 1);
  return { running: running.sort(byPriority), obstacles };
}

/** Which of the given codes the promotion knows. */
function codesOf(
  { id, codes }: Promotion,
  given: ReadonlyMap<string, string>,
  { uniqueCodes }: PromotionContext,
): readonly KnownCode[] {
  const own = codes.flatMap((known): KnownCode[] => {
    const code = given.get(known);
    return code === undefined ? [] : [{ code, unique: null }];
  });
  const unique = uniqueCodes.flatMap((one): KnownCode[] => {
    const code = one.promotionId === id ? given.get(one.code) : undefined;
    return code === undefined ? [] : [{ code, unique: one }];
  });
  return unique.length === 0 ? own : [...own, ...unique];
}

/** Why a unique code does nothing, whatever is in the cart. */
function obstacleOf(unique: UniqueCode, { usedUp }: PromotionContext): Obstacle | null {
  if (!unique.isActive) return { reason: 'disabled' };
  return usedUp.has(usesOf(unique)) ? { reason: 'used-up', available: 0 } : null;
}

function forEngine(setting: Promotion, shop: PromotionContext): EnginePromotion | Obstacle {
  const context = setting.excludesSaleItems ? withoutSaleItems(shop) : shop;
  const timing = timingOf(setting, context.now);
  if (timing.state === 'not-started') return { reason: 'not-started', from: timing.from };
  if (timing.state === 'expired') return { reason: 'expired', until: timing.until };
  const { conditions, limits } = setting;
  if (!isForCustomer(setting, context.customer)) return { reason: 'not-for-customer' };
  const { marketIds } = conditions;
  if (marketIds.length > 0 && !marketIds.includes(context.marketId)) return { reason: 'wrong-market' };
  if (!hasItems(setting, context)) return { reason: 'items-missing' };
  if (isPerCustomer(setting) && context.customer.id === null) return { reason: 'customer-needed' };
  const buyer = { currency: context.currency, customer: context.customer };
  const spent = wantsOf(setting, buyer, 1).filter(({ allowance }) => context.usedUp.has(allowance));
  // A use is one or none; of a budget something may be left that is less than this cart wants.
  const isUseSpent = spent.some((want) => !isOfBudget(want));
  const isOfCustomer = spent.every(isOfOneCustomer) ? ({ isOfCustomer: true } as const) : {};
  if (spent.length > 0) return { reason: 'used-up', ...(isUseSpent ? { available: 0 } : {}), ...isOfCustomer };
  const offer = offerFor(setting.offer, context);
  if (typeof offer === 'string') return { reason: offer };
  const needed = [conditions.minSubtotals, conditions.minItemsSubtotals, limits.budgets];
  const isInCurrency = needed.every((prices) => prices.length === 0 || amountIn(prices, context.currency) !== null);
  if (!isInCurrency) return { reason: 'wrong-currency' };
  return {
    key: setting.id,
    isExclusive: !setting.isCombinable,
    conditions: { code: null, ...thresholdsOf(setting, context), minLineQuantity: null, containsKey: null },
    ...offer,
  };
}

/** The cart as a promotion sees it that neither counts nor reduces what is on sale. */
function withoutSaleItems(context: PromotionContext): PromotionContext {
  const { items, lines, isOnSale } = context;
  return { ...context, items: withoutLines(items, lines, (_line, index) => isOnSale(index)) };
}

/** What the lines, and the chosen items among them, must come to. */
function thresholdsOf({ conditions }: Promotion, { items, currency }: PromotionContext) {
  const minSubtotalMinor = amountIn(conditions.minSubtotals, currency);
  const minItemsMinor = amountIn(conditions.minItemsSubtotals, currency);
  const counted = items(everything).keys;
  const ofLines = counted === null || minSubtotalMinor === null ? [] : [{ keys: counted, minMinor: minSubtotalMinor }];
  const chosen = isEverything(conditions.items) ? {} : ({ isOfItems: true } as const);
  const ofItems =
    minItemsMinor === null ? [] : [{ keys: items(conditions.items).keys, minMinor: minItemsMinor, ...chosen }];
  const minimums: readonly Minimum[] = [...ofLines, ...ofItems];
  return {
    minSubtotalMinor: counted === null ? minSubtotalMinor : null,
    ...(minimums.length === 0 ? {} : { minimums }),
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

/** Whether what it asks for is in the cart. A gift does not count towards its own quantity. */
function hasItems({ conditions, offer }: Promotion, { items, lines }: PromotionContext): boolean {
  const { minQuantity } = conditions;
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
  { discounts, lines, belowMinimum, openGifts }: Pick<PricedCart, 'discounts' | 'lines' | 'belowMinimum' | 'openGifts'>,
): readonly RejectedCode[] {
  const missed = new Map(belowMinimum.map(({ promotionKey, ...minimum }) => [promotionKey, minimum]));
  const acted = new Set(discounts.map(({ promotionKey }) => promotionKey));
  const applied = new Set(running.flatMap(({ setting: { id } }) => (acted.has(id) ? [id] : [])));
  const byCode = new Map(running.flatMap((one) => (one.code === null ? [] : [[one.code, one] as const])));
  const isAnyExclusive = running.some(({ setting }) => applied.has(setting.id) && !setting.isCombinable);
  return codes.flatMap((code): RejectedCode[] => {
    const obstacle = obstacles.get(code);
    if (obstacle !== undefined) return [{ code, ...obstacle }];
    const found = byCode.get(code);
    // A code that was given twice, in another case, counts once.
    if (found === undefined || applied.has(found.setting.id)) return [];
    const listed = missedAsListed(found.engine, lines);
    if (listed !== null) {
      const { minMinor: minimumMinor, isOfItems } = listed;
      return [{ code, reason: 'below-minimum', minimumMinor, ...(isOfItems === undefined ? {} : { isOfItems }) }];
    }
    const isBarred = isAnyExclusive || (!found.setting.isCombinable && applied.size > 0);
    if (isBarred) return [{ code, reason: 'not-combinable' }];
    const minimum = missed.get(found.setting.id);
    if (minimum !== undefined) return [{ code, reason: 'below-minimum', ...minimum }];
    return [{ code, reason: openGifts.includes(found.setting.id) ? 'gift-not-chosen' : 'not-applicable' }];
  });
}

/** The first threshold that the lines would miss even if no other promotion had acted. */
function missedAsListed(
  { conditions: { minSubtotalMinor, minimums = [] } }: EnginePromotion,
  lines: PricedCart['lines'],
): Minimum | null {
  const all: readonly Minimum[] = minSubtotalMinor === null ? [] : [{ keys: null, minMinor: minSubtotalMinor }];
  const missed = [...all, ...minimums].find(({ keys, minMinor }) => {
    const counted = keys === null ? null : new Set(keys);
    return sumOf(lines.map(({ key, listedMinor }) => ((counted?.has(key) ?? true) ? listedMinor : 0))) < minMinor;
  });
  return missed ?? null;
}
