/** What a product is: its state as it is stored, its limits, and the refusals that name it. */
import type * as z from 'zod';
import type { Product as ProductSchema, ProductStatus } from '../../../shared/contracts/catalog/products.ts';
import type { StockOpening } from '../../../shared/contracts/inventory/api.ts';
import { sibling } from '../../../shared/values/ids.ts';
import { untrackedFloor } from '../../../shared/values/quantity.ts';
import { refuse } from '../../../shared/values/result.ts';

/** Nothing in it may be assigned. */
type Frozen<Value> = { readonly [Key in keyof Value]: Frozen<Value[Key]> };

/** What others see of a product. */
export type ProductView = Frozen<z.infer<typeof ProductSchema>>;
export type VariantView = ProductView['variants'][number];

/**
 * The first price is in the product's own currency, the same for all its variants. `taxClass` and `shippingProfile` are absent
 * where they are the usual ones, `components` where it is no bundle.
 */
export type Variant = Omit<VariantView, 'price' | 'priceTiers' | 'availableForSale' | 'available' | 'tracked'> & {
  /** Absent where its stock is counted. */
  readonly tracked?: false;
};
export type Component = NonNullable<Variant['components']>[number];
export type Image = ProductView['images'][number];
export type Option = ProductView['options'][number];

/** The whole state of a product, as it is stored. */
export interface Product
  extends Omit<
    ProductView,
    'status' | 'isGiftCard' | 'importHandle' | 'variants' | 'priceRange' | 'availableForSale' | 'availability'
  > {
  /** What a file calls it; absent where none has named it. */
  readonly importHandle?: string;
  readonly status: z.infer<typeof ProductStatus>;
  /** Absent where its sale issues none. */
  readonly isGiftCard?: true;
  readonly variants: readonly Variant[];
  /** When it first became active. */
  readonly publishedAt: string | null;
}

/** Where in the input a fault is (RFC 6901), and what it is. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** A refusal that names the faults of the input. */
export interface Faulty<Code extends string> {
  readonly code: Code;
  /** The first fault stands for all. */
  readonly detail: string;
  readonly errors: readonly Fault[];
}

export type HandleTaken = Faulty<'handle-taken'> & { readonly handle: string };

export type ProductRefusal =
  | Faulty<'invalid-options' | 'invalid-input'>
  | HandleTaken
  | (Faulty<'sku-taken'> & { readonly sku: string })
  | Faulty<'variant-in-bundle'>;

/** A variant of which a bundle may be made. */
export interface Ingredient {
  readonly variantId: string;
  readonly sku: string;
  readonly isBundle: boolean;
}

export interface Composing {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly newId: (kind: 'product' | 'variant' | 'image') => string;
  /** What the file calls the product, in an import. */
  readonly importHandle?: string;
  /** The variants that the input names as components, as far as the shop has them. */
  readonly ingredients: readonly Ingredient[];
  /** What a quantity for a variant that exists already means: a file states one in every row, a merchant only by mistake. */
  readonly quantityOfKnown: 'refused' | 'ignored';
  /** The SKU of a new variant that has none; null refuses it. */
  readonly defaultSku: (
    handle: string,
    variant: { readonly values: readonly string[]; readonly isOnly: boolean },
  ) => string | null;
}

export interface Composition {
  readonly before: Product | null;
  readonly product: Product;
  /** Stock units that the inventory must know before this product is committed. */
  readonly openings: readonly StockOpening[];
  readonly isChanged: boolean;
}

/** What a variant has where nothing is said. */
export const standardTaxClass = 'standard';
export const defaultShippingProfile = 'default';

/** How far below zero a variant may be sold on backorder. */
const backorderFloor = -1_000_000;

export const defaultOption: Option = { name: 'Title', values: ['Default Title'] };

export function floorOf({ tracked, components, policy }: Pick<Variant, 'policy' | 'tracked' | 'components'>): number {
  if (tracked === false) return untrackedFloor;
  // What may be sold of a bundle is what its components allow, backorders included.
  return policy === 'continue' && components === undefined ? backorderFloor : 0;
}

export function stockUnitOf(variantId: string): string {
  return sibling(variantId, 'stockUnit');
}

/** A product without options has the single option "Title", as in Shopify. Its only value is not shown. */
export function hasOptions(product: Pick<Product, 'options'>): boolean {
  return !(
    product.options.length === 1 &&
    product.options[0]?.name === 'Title' &&
    product.options[0].values.length === 1
  );
}

/** Refuses an input that has at least one fault. */
export function refuseFaults<const Code extends string>(code: Code, errors: readonly Fault[]) {
  return refuse({ code, detail: errors[0]?.detail ?? '', errors });
}

export function handleTaken(handle: string) {
  const detail = `The handle "${handle}" is in use.`;
  return refuse({ code: 'handle-taken', handle, detail, errors: [{ pointer: '/handle', detail }] });
}

/** A variant that is not there any more, or became a bundle itself, and of which another variant is made. */
export function variantInBundle({ sku, bundleSku }: { readonly sku: string; readonly bundleSku: string }) {
  const detail = `"${sku}" is part of the bundle "${bundleSku}". Change the bundle first.`;
  return refuse({ code: 'variant-in-bundle', detail, errors: [{ pointer: '/variants', detail }] });
}

/** `index` is the variant's place in the input. */
export function skuTaken(sku: string, index: number) {
  const detail = `The SKU "${sku}" is in use.`;
  return refuse({ code: 'sku-taken', sku, detail, errors: [{ pointer: `/variants/${index}/sku`, detail }] });
}
