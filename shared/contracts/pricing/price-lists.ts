/**
 * Price lists as merchants see them. The first list by priority that prices a variant for a shopper decides its price: by
 * the variant's own entry, else by the list's adjustment of the catalogue's price.
 */
import * as z from 'zod';
import { CustomerGroups } from '../../values/customer.ts';
import { Id } from '../../values/ids.ts';
import { amountMax, Currency } from '../../values/money.ts';
import { filledText } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';
import { TaxRate } from './places.ts';

/** The most entries that one request may write. */
export const listPricesPerRequestMax = 1_000;
const tiersMax = 20;

const priceListFields = {
  name: filledText(100),
  isActive: z.boolean(),
  /** Lower ones are asked first. */
  priority: z.int().min(0).max(1_000_000),
  /** Empty: in every market. */
  marketIds: z.array(Id('market')).max(100),
  /** Empty: for everyone. */
  customerGroups: CustomerGroups,
  /** For variants without an entry; null leaves them to the next list. */
  adjustment: z.strictObject({ direction: z.enum(['down', 'up']), rate: TaxRate }).nullable(),
  startsAt: Timestamp.nullable(),
  /** At this moment it has ended. */
  endsAt: Timestamp.nullable(),
};

export const PriceList = z.strictObject({
  id: Id('priceList'),
  ...priceListFields,
  /** The version of the settings at which an entry was last written; 0 when there was never one. */
  pricesVersion: z.int(),
  version: z.int(),
});
export type PriceList = z.infer<typeof PriceList>;

export const PriceListDraft = z.strictObject({
  ...priceListFields,
  isActive: z.boolean().default(true),
  priority: priceListFields.priority.default(100),
  marketIds: priceListFields.marketIds.default([]),
  customerGroups: priceListFields.customerGroups.default([]),
  adjustment: priceListFields.adjustment.default(null),
  startsAt: Timestamp.nullable().default(null),
  endsAt: Timestamp.nullable().default(null),
});
export type PriceListDraft = z.infer<typeof PriceListDraft>;

export const PriceListPatch = z.strictObject(priceListFields).partial();
export type PriceListPatch = z.infer<typeof PriceListPatch>;

const Amount = z.int().min(0).max(amountMax);
const Tier = z.strictObject({ minQuantity: z.int().min(2).max(100_000), amount: Amount });

/** The price of a variant in one currency: amounts are its minor units. */
export const ListPrice = z.strictObject({
  variantId: Id('variant'),
  currency: Currency,
  amount: Amount,
  /** The price it is compared with: a sale. */
  compareAtAmount: Amount.nullable().default(null),
  /** From so many of the variant in the cart, each costs this. */
  tiers: z.array(Tier).max(tiersMax).default([]),
});
export type ListPrice = z.infer<typeof ListPrice>;

const ListPriceKey = z.strictObject({ variantId: Id('variant'), currency: Currency });
export type ListPriceKey = z.infer<typeof ListPriceKey>;

export const ListPricesPatch = z.strictObject({
  set: z.array(ListPrice).max(listPricesPerRequestMax).default([]),
  remove: z.array(ListPriceKey).max(listPricesPerRequestMax).default([]),
});
export type ListPricesPatch = z.infer<typeof ListPricesPatch>;
