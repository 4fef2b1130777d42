/**
 * The public operations of the catalog: what storefronts browse and what merchants edit. Their schemas are in
 * `products.ts`, `collections.ts` and `imports.ts`.
 */
import * as z from 'zod';
import { pageSeconds } from '../../http/door.ts';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { RealCountry } from '../../values/countries.ts';
import { Id } from '../../values/ids.ts';
import { Currency } from '../../values/money.ts';
import { StockQuantity } from '../../values/quantity.ts';
import { Collection, CollectionPatch, NewCollection } from './collections.ts';
import { Import, ImportReport } from './imports.ts';
import { priceJobs, setPrices } from './prices.ts';
import {
  NewProduct,
  NewVariant,
  OneVariantPatch,
  Product,
  ProductPatch,
  ProductStatus,
  productSorts,
} from './products.ts';

const ProductKey = z.strictObject({ product: z.string().min(1).max(200) });
const CollectionKey = z.strictObject({ collection: z.string().min(1).max(200) });
/** Values between commas. */
function commaList<Item extends z.ZodType<string, string>>(item: Item, max: number) {
  return z
    .string()
    .max(10_000)
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item).min(1).max(max));
}

/** What narrows a list of products down; all of it must hold. Case does not matter. */
const filters = {
  tag: commaList(z.string().max(255), 20)
    .optional()
    .describe('Products with this tag; of several between commas, with all.'),
  vendor: z.string().min(1).max(255).optional(),
  type: z.string().min(1).max(255).optional(),
  available: z
    .enum(['true', 'false'])
    .optional()
    .describe('Whether something of the product can be put into a cart of the country and currency that is asked for.'),
  ids: commaList(Id('product'), 100)
    .optional()
    .describe('Of these products, those that are for sale. Up to 100 ids between commas.'),
};

const ImportKey = z.strictObject({ importId: Id('import') });

/** Which price is shown. */
const Shopper = z.strictObject({
  country: RealCountry.optional().describe(
    'Shows the prices of the market of this country. Without country and currency: of the default market.',
  ),
  currency: Currency.optional().describe('Wins over the first currency of the market.'),
});

export const listProducts = operation({
  id: 'listProducts',
  method: 'GET',
  path: '/v1/products',
  summary: 'Products that are for sale',
  query: Shopper.extend({
    limit: PageLimit,
    cursor: Cursor,
    /** Id or handle. */
    collection: z.string().min(1).max(200).optional(),
    ...filters,
    sort: z
      .enum(productSorts)
      .optional()
      .describe(
        '`manual` is the order of a collection and its default; otherwise the default is `title`. By `price` means by what is charged; the order follows a price list within some seconds.',
      ),
  }),
  answer: Page(Product),
  leadsOn: true,
  refusals: ['not-found', 'invalid-cursor'],
  cacheSeconds: pageSeconds,
});

export const readProduct = operation({
  id: 'readProduct',
  method: 'GET',
  path: '/v1/products/:product',
  summary: 'One product by id or handle',
  params: ProductKey,
  query: Shopper,
  answer: Product,
  leadsOn: true,
  refusals: ['not-found'],
  cacheSeconds: pageSeconds,
});

export const listCollections = operation({
  id: 'listCollections',
  method: 'GET',
  path: '/v1/collections',
  summary: 'Collections of products',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(Collection),
  refusals: ['invalid-cursor'],
  cacheSeconds: pageSeconds,
});

export const readCollection = operation({
  id: 'readCollection',
  method: 'GET',
  path: '/v1/collections/:collection',
  summary: 'One collection by id or handle',
  params: CollectionKey,
  answer: Collection,
  leadsOn: true,
  refusals: ['not-found'],
  cacheSeconds: pageSeconds,
});

export const listAllProducts = operation({
  id: 'listAllProducts',
  method: 'GET',
  path: '/admin/v1/products',
  summary: 'Every product, newest first',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor, status: ProductStatus.optional() }),
  answer: Page(Product),
  refusals: ['invalid-cursor'],
});

export const createProduct = operation({
  id: 'createProduct',
  method: 'POST',
  path: '/admin/v1/products',
  summary: 'Create a product with its variants and their opening stock',
  body: NewProduct,
  answer: Product,
  status: 201,
  refusals: ['handle-taken', 'sku-taken', 'invalid-options'],
  // 2,048 variants with all that can be said of each.
  bodyBytesMax: 4 * 1024 * 1024,
  clears: ['product'],
});

export const readAnyProduct = operation({
  id: 'readAnyProduct',
  isConditional: true,
  method: 'GET',
  path: '/admin/v1/products/:product',
  summary: 'One product of any status',
  params: ProductKey,
  answer: Product,
  leadsOn: true,
  refusals: ['not-found'],
});

export const editProduct = operation({
  id: 'editProduct',
  method: 'PATCH',
  path: '/admin/v1/products/:product',
  summary:
    'Change a product; lists are replaced as a whole. A list of variants that would take some away needs If-Match',
  params: ProductKey,
  body: ProductPatch,
  answer: Product,
  refusals: [
    'not-found',
    'precondition-failed',
    'precondition-required',
    'handle-taken',
    'sku-taken',
    'invalid-options',
    'variant-in-bundle',
  ],
  bodyBytesMax: 4 * 1024 * 1024,
  clears: ['product'],
});

const VariantKey = ProductKey.extend({ variant: z.string().min(1).max(255).describe('Id or SKU.') });
const variantRefusals = [
  'not-found',
  'precondition-failed',
  'sku-taken',
  'invalid-options',
  'variant-in-bundle',
] as const;

export const addVariant = operation({
  id: 'addVariant',
  method: 'POST',
  path: '/admin/v1/products/:product/variants',
  summary: 'Add a variant to a product; the others stay as they are',
  params: ProductKey,
  body: NewVariant,
  answer: Product,
  status: 201,
  refusals: variantRefusals,
  clears: ['product'],
});

export const editVariant = operation({
  id: 'editVariant',
  method: 'PATCH',
  path: '/admin/v1/products/:product/variants/:variant',
  summary: 'Change one variant; the others stay as they are',
  params: VariantKey,
  body: OneVariantPatch,
  answer: Product,
  refusals: variantRefusals,
  clears: ['product'],
});

export const deleteVariant = operation({
  id: 'deleteVariant',
  method: 'DELETE',
  path: '/admin/v1/products/:product/variants/:variant',
  summary: 'Take one variant away; a product keeps at least one',
  params: VariantKey,
  answer: Product,
  refusals: variantRefusals,
  clears: ['product'],
});

export const deleteProduct = operation({
  id: 'deleteProduct',
  method: 'DELETE',
  path: '/admin/v1/products/:product',
  summary: 'Delete a product',
  params: ProductKey,
  answer: z.null(),
  status: 204,
  refusals: ['not-found', 'precondition-failed', 'variant-in-bundle'],
  clears: ['product'],
});

export const listAllCollections = operation({
  id: 'listAllCollections',
  method: 'GET',
  path: '/admin/v1/collections',
  summary: 'Collections with their rules',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(Collection),
  refusals: ['invalid-cursor'],
});

export const createCollection = operation({
  id: 'createCollection',
  method: 'POST',
  path: '/admin/v1/collections',
  summary: 'Create a collection from a list of products or from rules',
  body: NewCollection,
  answer: Collection,
  status: 201,
  refusals: ['handle-taken', 'unknown-product'],
  clears: ['collection'],
});

export const readAnyCollection = operation({
  id: 'readAnyCollection',
  isConditional: true,
  method: 'GET',
  path: '/admin/v1/collections/:collection',
  summary: 'One collection with its rules',
  params: CollectionKey,
  answer: Collection,
  leadsOn: true,
  refusals: ['not-found'],
});

export const editCollection = operation({
  id: 'editCollection',
  method: 'PATCH',
  path: '/admin/v1/collections/:collection',
  summary: 'Change a collection, its rules or its products',
  params: CollectionKey,
  body: CollectionPatch,
  answer: Collection,
  refusals: ['not-found', 'precondition-failed', 'handle-taken', 'unknown-product'],
  clears: ['collection'],
});

export const deleteCollection = operation({
  id: 'deleteCollection',
  method: 'DELETE',
  path: '/admin/v1/collections/:collection',
  summary: 'Delete a collection; its products stay',
  params: CollectionKey,
  answer: z.null(),
  status: 204,
  refusals: ['not-found', 'precondition-failed'],
  clears: ['collection'],
});

export const createImport = operation({
  id: 'createImport',
  method: 'POST',
  path: '/admin/v1/imports',
  summary:
    'Import products from a CSV file in the Shopify format; a large one goes on after the answer, as its status says',
  bodyType: 'text/csv',
  query: z.strictObject({
    /** Opening stock of new variants whose row states none. */
    openingStock: z
      .string()
      .regex(/^\d{1,10}$/, { error: 'Give a whole number that is not negative.' })
      .transform(Number)
      .pipe(StockQuantity)
      .default(0),
    currency: Currency.default('EUR'),
    dryRun: z
      .enum(['true', 'false'])
      .default('false')
      .describe('Tells what the import would create, change and remove, and changes nothing.'),
    stock: z
      .enum(['ignore', 'set', 'add'])
      .default('ignore')
      .describe('What the quantities of variants that exist mean: nothing, what is on hand, or what has come.'),
  }),
  answer: ImportReport,
  status: 201,
  refusals: ['malformed-csv', 'import-running', 'content-too-large', 'unsupported-media-type'],
  // The router streams the file to the catalog.
  bodyBytesMax: 100 * 1024 * 1024,
  timeoutSeconds: 15 * 60,
  clears: ['products'],
});

export const exportProducts = operation({
  id: 'exportProducts',
  method: 'GET',
  path: '/admin/v1/exports/products.csv',
  summary: 'All products as a file in the Shopify format, which changes nothing when it is imported again',
  answer: z.string().describe('RFC 4180 in UTF-8, in the order in which products came into being.'),
  answerType: 'text/csv',
  timeoutSeconds: 15 * 60,
});

export const listImports = operation({
  id: 'listImports',
  method: 'GET',
  path: '/admin/v1/imports',
  summary: 'Imports, newest first',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(Import),
  refusals: ['invalid-cursor'],
});

export const readImport = operation({
  id: 'readImport',
  method: 'GET',
  path: '/admin/v1/imports/:importId',
  summary: 'One import and a page of its report',
  params: ImportKey,
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: ImportReport,
  refusals: ['not-found', 'invalid-cursor'],
});

export const readImportReport = operation({
  id: 'readImportReport',
  method: 'GET',
  path: '/admin/v1/imports/:importId/report.csv',
  summary: 'All that an import changed, adjusted or rejected, as a file; of a dry run, all that it would',
  params: ImportKey,
  answer: z
    .string()
    .describe('RFC 4180 in UTF-8, in the order in which products were taken; of a running import, so far.'),
  answerType: 'text/csv',
  refusals: ['not-found'],
  timeoutSeconds: 15 * 60,
});

export * from './prices.ts';

export const catalogOperations = [
  listProducts,
  readProduct,
  listCollections,
  readCollection,
  listAllProducts,
  createProduct,
  readAnyProduct,
  editProduct,
  addVariant,
  editVariant,
  deleteVariant,
  deleteProduct,
  listAllCollections,
  createCollection,
  readAnyCollection,
  editCollection,
  deleteCollection,
  createImport,
  exportProducts,
  listImports,
  readImport,
  readImportReport,
  setPrices,
  priceJobs.read,
  priceJobs.results,
];
