/** Where in a file a fault is that the schema of the admin API found in what the file became. */
import type { Fault } from './product.ts';
import type { ReadProduct } from './shopify-product.ts';
import type { RowFault } from './shopify-row.ts';

const columnOf: Readonly<Record<string, string>> = {
  handle: 'Handle',
  title: 'Title',
  descriptionHtml: 'Body (HTML)',
  vendor: 'Vendor',
  type: 'Type',
  tags: 'Tags',
  status: 'Status',
  isGiftCard: 'Gift Card',
  seo: 'SEO Title',
  sku: 'Variant SKU',
  price: 'Variant Price',
  prices: 'Variant Price',
  compareAtPrice: 'Variant Compare At Price',
  weightGrams: 'Variant Grams',
  quantity: 'Variant Inventory Qty',
  policy: 'Variant Inventory Policy',
  components: 'Bundle components',
  taxClass: 'Tax class',
  shippingProfile: 'Shipping profile',
  barcode: 'Variant Barcode',
  imageUrl: 'Variant Image',
  options: 'Option1 Value',
  url: 'Image Src',
  altText: 'Image Alt Text',
};

/** Finds the line and column that a fault in the input came from. */
export function locate({ pointer, detail }: Fault, read: ReadProduct, line: number): RowFault {
  const [, part, index, field] = pointer.split('/');
  const lines = part === 'variants' ? read.variantLines : part === 'images' ? read.imageLines : [];
  const name = part === 'variants' || part === 'images' ? (field ?? '') : (part ?? '');
  return { line: lines[Number(index)] ?? line, column: columnOf[name] ?? null, severity: 'rejected', reason: detail };
}
