/**
 * Products on the wire: what merchants send and what everyone is shown. An imported row is checked by the same schemas as a
 * request.
 */
import * as z from 'zod';
import { Id } from '../../values/ids.ts';
import { forLongNumbers } from '../../values/long-number.ts';
import { Metafields, MetafieldView } from '../../values/metafields.ts';
import { Money, Price } from '../../values/money.ts';
import { LineQuantity, StockQuantity } from '../../values/quantity.ts';
import { ClassName, filledText, Handle, Sku, text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';

/** The most of each list inside one product. They keep a product's row far below the 2 MB that D1 stores. */
/** What `shared/values/html.ts` keeps. */
export const descriptionRules =
  'HTML, cleaned on the way in: headings, text, lists, tables, figures, links and images stay, with class, lang and dir; scripts, styles, event handlers, forms, frames and ids go. Addresses are http, https, mailto, tel or relative.';

export const productLimits = {
  options: 3,
  optionValues: 2_048,
  variants: 2_048,
  tags: 250,
  images: 250,
  pricesPerVariant: 20,
  componentsPerVariant: 20,
  descriptionCharacters: 65_536,
} as const;

export const ProductStatus = z.enum(['active', 'draft', 'archived']);
export const StockPolicy = z.enum(['deny', 'continue']);
export const WebUrl = z.url({ protocol: /^https?$/, error: 'An absolute http or https address.' }).max(2_000);
/** Spaces around them are never meant: a file cannot show them, and nobody sees that two choices differ by them. */
const OptionName = filledText(50).overwrite((name) => name.trim());
const OptionValue = filledText(255).overwrite((value) => value.trim());

const OptionInput = z.strictObject({
  name: OptionName,
  /** May be left out: then the values are those of the variants, in their order. */
  values: z.array(OptionValue).min(1).max(productLimits.optionValues).optional(),
});

const ImageInput = z.strictObject({
  id: Id('image').optional(),
  url: WebUrl,
  altText: text(1_000).nullable().optional(),
  width: z.int().min(1).max(100_000).nullable().optional(),
  height: z.int().min(1).max(100_000).nullable().optional(),
});

export const Seo = z.strictObject({ title: text(255).nullable(), description: text(1_000).nullable() });

/** So many of another variant, by either name. */
const ComponentInput = z
  .strictObject({
    variantId: Id('variant').optional(),
    sku: Sku.optional(),
    quantity: LineQuantity,
  })
  .refine(({ variantId, sku }) => (variantId === undefined) !== (sku === undefined), {
    error: 'Name the variant by either variantId or sku.',
  });

/** A variant inside a PATCH: matched by id, then SKU, then option values; what is left out stays as it was. */
export const VariantPatch = z.strictObject({
  id: Id('variant').optional(),
  sku: Sku.optional(),
  /** The chosen value per option, as in `{ "Size": "M" }`. */
  options: z.record(OptionName, OptionValue).optional(),
  price: Price.optional(),
  /** Further currencies. */
  prices: z.array(Price).max(productLimits.pricesPerVariant).optional(),
  compareAtPrice: Price.nullable().optional(),
  weightGrams: z.int().min(0).max(100_000_000).optional(),
  /** Opening stock of a new variant. Existing stock changes through the inventory. */
  quantity: StockQuantity.optional(),
  /** `continue` sells on when nothing is left (backorder). */
  policy: StockPolicy.optional(),
  tracked: z.boolean().optional().describe('False where nobody counts: the variant always sells.'),
  metafields: Metafields.optional(),
  components: z
    .array(ComponentInput)
    .min(1)
    .max(productLimits.componentsPerVariant)
    .nullable()
    .optional()
    .describe(
      'Makes it a bundle: one of it takes so many of other variants, and it has no stock of its own. Null makes it none.',
    ),
  barcode: forLongNumbers(text(100), 'a barcode').nullable().optional(),
  imageUrl: WebUrl.nullable().optional(),
  taxable: z.boolean().optional(),
  requiresShipping: z.boolean().optional(),
  /** Which tax rates apply: `standard` unless said otherwise. */
  taxClass: ClassName.optional(),
  /** Which shipping rates can carry it: `default` unless said otherwise. */
  shippingProfile: ClassName.optional(),
});
export type VariantPatch = z.infer<typeof VariantPatch>;

export const ProductPatch = z.strictObject({
  handle: Handle.optional(),
  title: filledText(255).optional(),
  descriptionHtml: text(productLimits.descriptionCharacters).optional().describe(descriptionRules),
  vendor: text(255).optional(),
  type: text(255).optional(),
  tags: z.array(filledText(255)).max(productLimits.tags).optional(),
  status: ProductStatus.optional(),
  isGiftCard: z
    .boolean()
    .optional()
    .describe(
      'Each unit that is sold and paid issues a gift card worth its price. It is neither shipped nor taxed, and no promotion acts on it.',
    ),
  options: z.array(OptionInput).max(productLimits.options).optional(),
  variants: z.array(VariantPatch).min(1).max(productLimits.variants).optional(),
  images: z.array(ImageInput).max(productLimits.images).optional(),
  seo: Seo.nullable().optional(),
  metafields: Metafields.optional().describe(
    'Facts of other systems. Those of a namespace that begins with `private` are shown to merchants only.',
  ),
});
export type ProductPatch = z.infer<typeof ProductPatch>;

/** A variant that comes into being. */
export const NewVariant = VariantPatch.omit({ id: true }).extend({ price: Price });

/** What changes of the one variant that the address names. */
export const OneVariantPatch = VariantPatch.omit({ id: true });

export const NewProduct = ProductPatch.extend({
  title: filledText(255),
  variants: z.array(NewVariant).min(1).max(productLimits.variants),
});

export const Product = z.strictObject({
  id: Id('product'),
  handle: z.string(),
  importHandle: z
    .string()
    .nullable()
    .optional()
    .describe('What an imported file calls the product, whatever its address is. Shown to merchants only.'),
  title: z.string(),
  descriptionHtml: z.string(),
  vendor: z.string(),
  type: z.string(),
  tags: z.array(z.string()),
  /** Shown to merchants only; storefronts see active products only. */
  status: ProductStatus.optional(),
  isGiftCard: z.boolean().optional().describe('Whether its sale issues gift cards. Absent where it does not.'),
  options: z.array(z.strictObject({ name: z.string(), values: z.array(z.string()) })),
  variants: z.array(
    z.strictObject({
      id: Id('variant'),
      sku: z.string(),
      title: z.string(),
      optionValues: z.array(z.strictObject({ name: z.string(), value: z.string() })),
      price: Money.nullable().describe(
        'In the currency of the shopper; null where the variant is not sold in it. Storefronts are shown what a cart charges for one piece where no customer is known: price lists count. Merchants are shown the first price of the catalogue.',
      ),
      compareAtPrice: Money.nullable(),
      priceTiers: z
        .array(z.strictObject({ minQuantity: z.int(), price: Money }))
        .optional()
        .describe('From so many of the variant in the cart, each costs this. Absent where there are none.'),
      prices: z.array(Money).describe('Those of the catalogue, in each of its currencies; price lists do not count.'),
      availableForSale: z
        .boolean()
        .describe(
          'Whether it can be put into a cart of the shopper’s country and currency: it has a price there, and some is left.',
        ),
      available: z
        .int()
        .nullable()
        .describe(
          'What could be sold at `availability.asOf`; a hold at checkout decides. Null where nobody counts. Of a bundle: as many as its components allow.',
        ),
      weightGrams: z.int(),
      imageUrl: z.string().nullable(),
      barcode: z.string().nullable(),
      policy: StockPolicy,
      tracked: z.boolean().describe('False where nobody counts, and of a bundle that takes nothing that is counted.'),
      components: z
        .array(z.strictObject({ variantId: z.string(), quantity: z.int() }))
        .optional()
        .describe('What one of a bundle takes. Absent where it is none.'),
      taxable: z.boolean(),
      requiresShipping: z.boolean(),
      metafields: z.array(MetafieldView).optional().describe('Absent where there are none.'),
      /** Shown to merchants only, like the shipping profile. */
      taxClass: z.string().optional(),
      shippingProfile: z.string().optional(),
    }),
  ),
  images: z.array(
    z.strictObject({
      id: Id('image'),
      url: z.string(),
      altText: z.string().nullable(),
      width: z.int().nullable(),
      height: z.int().nullable(),
    }),
  ),
  priceRange: z
    .strictObject({ min: Money, max: Money })
    .nullable()
    .describe('Over the variants that have a price; null where none has.'),
  availableForSale: z.boolean(),
  availability: z.strictObject({ asOf: Timestamp }),
  seo: Seo.nullable(),
  metafields: z.array(MetafieldView).optional().describe('Absent where there are none.'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  version: z.int(),
});

export const productSorts = ['title', 'price', '-price', 'newest', 'manual'] as const;
export type ProductSort = (typeof productSorts)[number];
