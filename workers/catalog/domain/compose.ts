/**
 * How a product comes to be: `composeProduct` merges what a merchant sent into what was there, and answers the whole new
 * state or why it cannot be. A product never changes in place, and one that would not change keeps its version.
 */
import type { ProductPatch } from '../../../shared/contracts/catalog/products.ts';
import { cleanHtml } from '../../../shared/values/html.ts';
import { accept, type Result } from '../../../shared/values/result.ts';
import { toHandle } from '../../../shared/values/text.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import type { Composing, Composition, Image, Product, ProductRefusal } from './product.ts';
import { composeVariants, metafieldsOf } from './variants.ts';

/** Merges `input` into `before`. For a new product `before` is null, and title and priced variants are required. */
export function composeProduct(
  before: Product | null,
  input: ProductPatch,
  composing: Composing,
): Result<Composition, ProductRefusal> {
  const title = input.title ?? before?.title ?? '';
  const handle = input.handle ?? before?.handle ?? toHandle(title);
  const variants = composeVariants(before, input, handle, composing);
  if (!variants.ok) return variants;
  const importHandle = before?.importHandle ?? composing.importHandle;
  const status = input.status ?? before?.status ?? 'active';
  const nowAt = toTimestamp(composing.now);
  const next: Product = {
    id: before?.id ?? composing.newId('product'),
    handle,
    ...(importHandle === undefined ? {} : { importHandle }),
    title,
    descriptionHtml:
      input.descriptionHtml === undefined ? (before?.descriptionHtml ?? '') : cleanHtml(input.descriptionHtml),
    vendor: input.vendor ?? before?.vendor ?? '',
    type: input.type ?? before?.type ?? '',
    tags: input.tags === undefined ? (before?.tags ?? []) : [...new Set(input.tags)],
    status,
    ...((input.isGiftCard ?? before?.isGiftCard) === true ? { isGiftCard: true } : {}),
    options: variants.value.options,
    variants: variants.value.variants,
    images:
      input.images === undefined
        ? (before?.images ?? [])
        : composeImages(before?.images ?? [], input.images, composing),
    seo: input.seo === undefined ? (before?.seo ?? null) : input.seo,
    ...metafieldsOf(input.metafields ?? before?.metafields),
    createdAt: before?.createdAt ?? nowAt,
    updatedAt: before?.updatedAt ?? nowAt,
    publishedAt: before?.publishedAt ?? (status === 'active' ? nowAt : null),
    version: before?.version ?? 1,
  };
  // Both objects were built with their fields in the same order, so equal products have equal JSON.
  const isChanged = before === null || JSON.stringify(before) !== JSON.stringify(next);
  const product = before !== null && isChanged ? { ...next, updatedAt: nowAt, version: before.version + 1 } : next;
  return accept({ before, product, openings: variants.value.openings, isChanged });
}

function composeImages(
  before: readonly Image[],
  input: NonNullable<ProductPatch['images']>,
  { newId }: Composing,
): Image[] {
  const left = [...before];
  return input.map((image) => {
    const known = left.findIndex((candidate) => candidate.url === image.url);
    const [match] = known < 0 ? [] : left.splice(known, 1);
    return {
      id: match?.id ?? newId('image'),
      url: image.url,
      altText: image.altText ?? null,
      width: (image.width === undefined ? match?.width : image.width) ?? null,
      height: (image.height === undefined ? match?.height : image.height) ?? null,
    };
  });
}
