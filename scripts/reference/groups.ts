/**
 * Where an operation stands in the reference, and what it is called there: chapters in the order in which a person looks for
 * them, and names instead of addresses. An operation of a new area gets a chapter by its tag until it is given one here.
 */
import type { OpenApiDocument } from '../openapi/document.ts';
import type { JsonSchema } from '../openapi/schemas.ts';

export interface Entry {
  readonly id: string;
  /** As a person calls it: "Create product". */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: JsonSchema;
}

export interface Chapter {
  /** The last part of its address, `/docs/{slug}`. */
  readonly slug: string;
  readonly title: string;
  readonly side: string;
  readonly entries: readonly Entry[];
}

type Place = readonly [slug: string, title: string, address: RegExp];

/** The first address that fits decides. */
const sides: Readonly<Record<string, readonly Place[]>> = {
  Storefront: [
    ['products', 'Products and search', /^\/v1\/(products|search)/],
    ['collections', 'Collections', /^\/v1\/collections/],
    ['carts', 'Carts', /^\/v1\/carts/],
    ['checkouts', 'Checkout', /^\/v1\/checkouts/],
    ['orders', 'Orders of shoppers', /^\/v1\/orders/],
    ['customers', 'Customers', /^\/v1\/customers/],
    ['countries', 'Countries and addresses', /^\/v1\/countries/],
    ['shop', 'The shop itself', /^\/v1\/shop/],
  ],
  Catalogue: [
    ['admin-products', 'Products and variants', /^\/admin\/v1\/(products|variants)/],
    ['admin-collections', 'Collections', /^\/admin\/v1\/collections/],
    ['admin-imports', 'Imports and exports', /^\/admin\/v1\/(imports|exports|product-exports)/],
  ],
  Stock: [
    ['admin-transfers', 'Transfers', /^\/admin\/v1\/inventory\/transfers/],
    ['admin-inventory', 'Stock', /^\/admin\/v1\/(inventory|stock)/],
    ['admin-locations', 'Locations', /^\/admin\/v1\/locations/],
  ],
  'Orders and money': [
    ['admin-refunds-returns', 'Refunds and returns', /^\/admin\/v1\/orders\/[^/]+\/(refunds|returns)/],
    ['admin-fulfillments', 'Shipping orders', /^\/admin\/v1\/orders\/[^/]+\/fulfillments/],
    ['admin-edits', 'Editing orders', /^\/admin\/v1\/orders\/[^/]+\/edits/],
    ['admin-orders', 'Orders', /^\/admin\/v1\/(orders|order-)/],
    ['admin-draft-orders', 'Draft orders', /^\/admin\/v1\/draft-orders/],
    ['admin-payments', 'Payments', /^\/admin\/v1\/payment|^\/v1\/webhooks/],
    ['admin-gift-cards', 'Gift cards', /^\/admin\/v1\/gift-cards/],
    ['admin-store-credits', 'Store credit', /^\/admin\/v1\/store-credits/],
    ['admin-customers', 'Customers', /^\/admin\/v1\/(customers|carts)/],
  ],
  'Prices and taxes': [
    ['admin-markets', 'Markets', /^\/admin\/v1\/markets/],
    ['admin-prices', 'Prices and price lists', /^\/admin\/v1\/price/],
    ['admin-promotions', 'Promotions and codes', /^\/admin\/v1\/promotions/],
    ['admin-shipping-rates', 'Shipping rates', /^\/admin\/v1\/shipping/],
    ['admin-tax-rates', 'Tax rates', /^\/admin\/v1\/tax/],
  ],
  Running: [
    ['admin-shop', 'The shop itself', /^\/admin\/v1\/shop$/],
    ['admin-events', 'Events', /^\/admin\/v1\/events/],
    ['admin-messages', 'Messages to shoppers', /^\/admin\/v1\/messages/],
    ['admin-dead-letters', 'Dead letters', /^\/admin\/v1\/dead-letters/],
    ['admin-settings', 'Settings', /^\/admin\/v1\/(\w+-)?settings/],
    ['health', 'Health and problems', /^\/(healthz|readyz|problems|admin\/v1\/health)/],
  ],
};

const elsewhere = 'More';

/** The chapters in their order; those without an operation are left out. */
export function chaptersOf(document: OpenApiDocument): readonly Chapter[] {
  const waiting = new Set(entriesOf(document));
  const take = (isOwn: (entry: Entry) => boolean): readonly Entry[] => {
    const taken = [...waiting].filter(isOwn);
    for (const entry of taken) waiting.delete(entry);
    return taken;
  };
  const placed = Object.entries(sides).flatMap(([side, places]) =>
    places.map(([slug, title, address]) => ({ slug, title, side, entries: take(({ path }) => address.test(path)) })),
  );
  const tags = [...new Set([...waiting].map(tagOf))];
  const others = tags.map((tag) => ({
    slug: tag.replaceAll(/\W+/g, '-'),
    title: tag.charAt(0).toUpperCase() + tag.slice(1),
    side: elsewhere,
    entries: take((entry) => tagOf(entry) === tag),
  }));
  return [...placed, ...others].filter(({ entries }) => entries.length > 0);
}

function entriesOf(document: OpenApiDocument): readonly Entry[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const id = String(operation.operationId);
      return { id, name: nameOf(id), method: method.toUpperCase(), path, operation };
    }),
  );
}

function tagOf({ operation: { tags } }: Entry): string {
  return Array.isArray(tags) ? String(tags[0]) : elsewhere;
}

/** The words of an operation's id: what developers call it in the first place. */
export function nameOf(id: string): string {
  const words = id
    .replace(/AsAdmin$/, '')
    .replace(/^get(?=[A-Z])/, 'read')
    .replace(/^patch(?=[A-Z])/, 'change')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
