/** What a product is: its state as it is stored, its limits, and the refusals that name it. */
import type { StockOpening } from '../../../shared/contracts/inventory/api.ts';
import { sibling } from '../../../shared/values/ids.ts';
import type { Money } from '../../../shared/values/money.ts';
import { refuse } from '../../../shared/values/result.ts';

type ProductStatus = 'active' | 'draft' | 'archived';

interface OptionValue {
  readonly name: string;
  readonly value: string;
}

export interface Variant {
  readonly id: string;
  readonly sku: string;
  /** The option values joined by " / ". */
  readonly title: string;
  readonly optionValues: readonly OptionValue[];
  /** The first is in the product's own currency, the same for all its variants. */
  readonly prices: readonly Money[];
  readonly compareAtPrice: Money | null;
  readonly weightGrams: number;
  readonly imageUrl: string | null;
  readonly barcode: string | null;
  readonly policy: 'deny' | 'continue';
  readonly taxable: boolean;
  readonly requiresShipping: boolean;
  /** Absent: `standard`. */
  readonly taxClass?: string;
  /** Absent: `default`. */
  readonly shippingProfile?: string;
}

export interface Image {
  readonly id: string;
  readonly url: string;
  readonly altText: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

export interface Option {
  readonly name: string;
  readonly values: readonly string[];
}

/** The whole state of a product, as it is stored. */
export interface Product {
  readonly id: string;
  readonly handle: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly vendor: string;
  readonly type: string;
  readonly tags: readonly string[];
  readonly status: ProductStatus;
  readonly options: readonly Option[];
  readonly variants: readonly Variant[];
  readonly images: readonly Image[];
  readonly seo: { readonly title: string | null; readonly description: string | null } | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When it first became active. */
  readonly publishedAt: string | null;
  readonly version: number;
}

/** Where in the input a fault is (RFC 6901), and what it is. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

export type ProductRefusal =
  | { readonly code: 'invalid-options'; readonly detail: string; readonly errors: readonly Fault[] }
  | { readonly code: 'invalid-input'; readonly detail: string; readonly errors: readonly Fault[] }
  | { readonly code: 'sku-taken'; readonly sku: string; readonly detail: string; readonly errors: readonly Fault[] }
  | {
      readonly code: 'handle-taken';
      readonly handle: string;
      readonly detail: string;
      readonly errors: readonly Fault[];
    };

export interface Composing {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly newId: (kind: 'product' | 'variant' | 'image') => string;
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

/** How far below zero a variant may be sold on backorder. */
const backorderFloor = -1_000_000;

export const defaultOption: Option = { name: 'Title', values: ['Default Title'] };

export function floorOf(variant: Pick<Variant, 'policy'>): number {
  return variant.policy === 'continue' ? backorderFloor : 0;
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

export function handleTaken(handle: string): { readonly ok: false; readonly refusal: ProductRefusal } {
  const detail = `The handle "${handle}" is in use.`;
  return refuse({ code: 'handle-taken', handle, detail, errors: [{ pointer: '/handle', detail }] });
}

/** `index` is the variant's place in the input, when it is known. */
export function skuTaken(sku: string, index: number | null): { readonly ok: false; readonly refusal: ProductRefusal } {
  const detail = `The SKU "${sku}" is in use.`;
  const pointer = index === null || index < 0 ? '/variants' : `/variants/${index}/sku`;
  return refuse({ code: 'sku-taken', sku, detail, errors: [{ pointer, detail }] });
}
