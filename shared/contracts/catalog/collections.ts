/**
 * Collections on the wire. A collection either lists its products by hand or finds them by rules; it never changes from
 * one kind to the other silently: giving rules replaces the list, giving products replaces the rules.
 */
import * as z from 'zod';
import { Id } from '../../values/ids.ts';
import { Metafields, MetafieldView } from '../../values/metafields.ts';
import { Price } from '../../values/money.ts';
import { filledText, Handle, text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';
import { descriptionRules, Seo, WebUrl } from './products.ts';

/** The most products that one request may put into a collection. */
export const collectionProductsMax = 5_000;
const rulesMax = 20;

/** Compares a text of the product, ignoring case. A product has many tags: `not-` means that none of them fits. */
const TextRule = z.strictObject({
  field: z.enum(['tag', 'vendor', 'type', 'title']),
  relation: z.enum(['equals', 'not-equals', 'contains', 'not-contains', 'starts-with', 'ends-with']),
  value: filledText(255),
});

/** Compares the product's lowest price in that currency. A product without such a price never fits. */
const PriceRule = z.strictObject({
  field: z.literal('price'),
  relation: z.enum(['less-than', 'greater-than', 'equals']),
  value: Price,
});

export const CollectionRule = z.discriminatedUnion('field', [TextRule, PriceRule]);
export type CollectionRule = z.infer<typeof CollectionRule>;

const members = {
  /** Whether a product must fit every rule or one of them. */
  match: z.enum(['all', 'any']).optional(),
  rules: z.array(CollectionRule).min(1).max(rulesMax).optional(),
  /** Ids or handles, in the order of display. */
  products: z.array(z.string().min(1).max(200)).max(collectionProductsMax).optional(),
};

const eitherRulesOrProducts = (body: { rules?: unknown; products?: unknown }) =>
  body.rules === undefined || body.products === undefined;
const eitherMessage = { error: 'Either rules or products, not both.', path: ['products'] };

const described = {
  descriptionHtml: text(65_536).optional().describe(descriptionRules),
  image: z
    .strictObject({ url: WebUrl, altText: text(1_000).nullable().default(null) })
    .nullable()
    .optional(),
  seo: Seo.nullable().optional(),
  metafields: Metafields.optional(),
};

export const NewCollection = z
  .strictObject({ handle: Handle.optional(), title: filledText(255), ...described, ...members })
  .refine(eitherRulesOrProducts, eitherMessage);

export const CollectionPatch = z
  .strictObject({
    handle: Handle.optional(),
    title: filledText(255).optional(),
    ...described,
    ...members,
    /** Put behind the present products of a collection that lists them. */
    addProducts: z.array(z.string().min(1).max(200)).max(collectionProductsMax).optional(),
    removeProducts: z.array(z.string().min(1).max(200)).max(collectionProductsMax).optional(),
  })
  .refine(eitherRulesOrProducts, eitherMessage);
export type CollectionPatch = z.infer<typeof CollectionPatch>;

export const Collection = z.strictObject({
  id: Id('collection'),
  handle: z.string(),
  title: z.string(),
  descriptionHtml: z.string(),
  image: z.strictObject({ url: z.string(), altText: z.string().nullable() }).nullable(),
  seo: Seo.nullable(),
  metafields: z.array(MetafieldView).optional().describe('Absent where there are none.'),
  /** Shown to merchants only. */
  kind: z.enum(['manual', 'rules']).optional(),
  match: z.enum(['all', 'any']).optional(),
  rules: z.array(CollectionRule).optional(),
  productsTotal: z.int().optional(),
  /** True while the products of a large shop are being looked at after an edit of the rules: more will be found. */
  isBuilding: z.boolean().optional(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  version: z.int(),
});
export type Collection = z.infer<typeof Collection>;
