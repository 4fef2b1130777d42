/**
 * What cells cannot say exactly: a comma inside of a tag, the spaces around a text, the order of prices, a former price in
 * another currency, an image that is there twice. Where a file says of a product what its cells say already, the product keeps what it has.
 */
import type { ProductPatch, VariantPatch } from '../../../shared/contracts/catalog/products.ts';
import type { Money } from '../../../shared/values/money.ts';
import type { Product, Variant } from './product.ts';

/** The tags in a cell, and their cell. */
export const tagsIn = (cell: string): string[] =>
  cell.split(',').flatMap((tag) => (tag.trim() === '' ? [] : tag.trim()));
export const tagsCell = (tags: readonly string[]): string => tags.join(', ');

/** The input with what the product has in the place of what its cells would say of it. */
export function asKept(before: Product, input: ProductPatch): ProductPatch {
  const { tags, seo } = input;
  const isSameSeo =
    seo !== undefined &&
    cellOf(seo?.title) === cellOf(before.seo?.title) &&
    cellOf(seo?.description) === cellOf(before.seo?.description);
  const texts = (['title', 'descriptionHtml', 'vendor', 'type'] as const).filter(
    (name) => input[name] !== undefined && input[name] === before[name].trim(),
  );
  return {
    ...input,
    ...Object.fromEntries(texts.map((name) => [name, before[name]])),
    ...(tags !== undefined && tagsCell(tagsIn(tagsCell(before.tags))) === tagsCell(tags)
      ? { tags: [...before.tags] }
      : {}),
    ...(isSameSeo ? { seo: before.seo } : {}),
    ...(isSameImages(before.images, input.images) ? { images: [...before.images] } : {}),
  };
}

/** A file names each image once. */
function isSameImages(before: Product['images'], images: ProductPatch['images']): boolean {
  const firsts = before.filter(({ url }, index) => before.findIndex((other) => other.url === url) === index);
  const isOf = ({ url, altText }: Product['images'][number], index: number) =>
    images?.[index]?.url === url && cellOf(images[index].altText) === cellOf(altText);
  return firsts.length < before.length && firsts.length === images?.length && firsts.every(isOf);
}

/** The same for one of its variants. */
export function asKeptVariant(before: Variant, patch: VariantPatch): VariantPatch {
  const [own, ...others] = before.prices;
  const { prices, compareAtPrice } = patch;
  const former = before.compareAtPrice;
  const isUnsaid = former !== null && (former.currency !== own?.currency || former.amount === 0);
  const isSameCode = patch.barcode !== undefined && cellOf(patch.barcode) === cellOf(before.barcode);
  return {
    ...patch,
    ...(prices === undefined ? {} : { prices: inOrderOf(others, prices) }),
    ...(compareAtPrice === null && isUnsaid ? { compareAtPrice: former } : {}),
    ...(isSameCode ? { barcode: before.barcode } : {}),
  };
}

const cellOf = (text: string | null | undefined) => (text ?? '').trim();

/** The prices that are known keep their places, and new ones come behind them. */
function inOrderOf(known: readonly Money[], prices: readonly Money[]): Money[] {
  const places = known.map(({ currency }) => currency);
  const placeOf = ({ currency }: Money) => (places.includes(currency) ? places.indexOf(currency) : places.length);
  return prices.toSorted((one, other) => placeOf(one) - placeOf(other));
}
