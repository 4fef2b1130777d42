/**
 * Cases of `concurrency`: a scenario in words, with numbers that must hold afterwards, whatever the interleaving. What a case
 * gives says which scenario it is. It is played under many seeds, and every number is compared after every run.
 */
import * as z from 'zod';
import { Currency } from '../../shared/values/money.ts';
import type { Plants } from '../../tests/simulation/plants.ts';
import { type Area, parseGiven } from './area.ts';
import { lastUses, oneCard, refundRace, sameItem } from './concurrency/carts-and-money.ts';
import { finishingTogether, liveHold, oneKey, rush } from './concurrency/purchases.ts';
import type { Scene } from './concurrency/stage.ts';
import { differencesOf } from './differences.ts';

const seedCount = 50;

const quantity = z.int().min(1);
const amountMinor = z.int().min(0);
/** What the scenario tells people is not looked at. */
const words = { scenario: z.string().optional() };
const currency = Currency.default('EUR');
const Claimed = z.strictObject({ by: z.string(), quantity });

const Rush = z
  .strictObject({
    ...words,
    stock: z.int().min(0),
    checkouts: z.array(z.strictObject({ quantity })),
    totalEachMinor: amountMinor,
    currency,
  })
  .transform(({ checkouts, ...rest }) => rush({ ...rest, quantities: checkouts.map((one) => one.quantity) }));
const EvenRush = z
  .strictObject({
    ...words,
    stock: z.int().min(0),
    checkouts: z.int().min(1),
    quantityEach: quantity.default(1),
    totalEachMinor: amountMinor,
    currency,
  })
  .transform(({ checkouts, quantityEach, ...rest }) =>
    rush({ ...rest, quantities: Array<number>(checkouts).fill(quantityEach) }),
  );
const LiveHold = z
  .strictObject({
    ...words,
    stock: z.int().min(0),
    hold: z.strictObject({ ...Claimed.shape, expired: z.boolean().default(false) }),
    attempts: z.array(Claimed),
  })
  .transform(liveHold);
const Finishing = z
  .strictObject({ ...words, checkouts: z.int().min(1), completions: z.int().min(1), totalMinor: amountMinor, currency })
  .transform(finishingTogether);
const OneKey = z
  .strictObject({ ...words, requests: z.int().min(1), keys: z.int().min(1), totalMinor: amountMinor, currency })
  .transform(oneKey);
const SameItem = z
  .strictObject({ ...words, unitPriceMinor: amountMinor, adds: z.array(quantity), currency })
  .transform(sameItem);
const LastUses = z
  .strictObject({
    ...words,
    usesLeft: z.int().min(0),
    checkouts: z.int().min(1),
    subtotalMinor: amountMinor,
    discountMinor: z.int().min(1),
    currency,
  })
  .transform(lastUses);
const Refunds = z
  .strictObject({ ...words, capturedMinor: z.int().min(1), refundsMinor: z.array(z.int().min(1)), currency })
  .transform(refundRace);
const OneCard = z
  .strictObject({ ...words, balanceMinor: amountMinor, totalsMinor: z.array(amountMinor), currency })
  .transform(oneCard);

const Scenario: z.ZodType<Scene> = z.union(
  [Rush, EvenRush, LiveHold, Finishing, OneKey, SameItem, LastUses, Refunds, OneCard],
  { error: ({ input }) => `no scenario is told by ${JSON.stringify(input)}` },
);

/** The area, or with a planted mistake what must be told of it. */
export function concurrencyUnder(plants: () => Plants): Area {
  return {
    name: 'concurrency',
    async differences(given, expected) {
      const scene = parseGiven(Scenario, given);
      for (let seed = 1; seed <= seedCount; seed += 1) {
        const { answer, violations } = await scene(seed, plants());
        const found = [...differencesOf(expected, answer), ...violations];
        if (found.length > 0) return found.map((difference) => `seed ${seed}: ${difference}`);
      }
      return [];
    },
  };
}

export const concurrency: Area = concurrencyUnder(() => ({}));
