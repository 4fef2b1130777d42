/** From facts to findings: a shop that is ready has nothing to complain about, and each fault of it is found, by its group and level. */
import { describe, expect, test } from 'vitest';
import { freshShop } from '../setup/modelled-shop.ts';
import type { Facts } from './facts.ts';
import { type Finding, type Group, groups } from './finding.ts';
import { examine, reportLines } from './report.ts';
import { bitsOf } from './running-findings.ts';
import type { MarketSale } from './sales.ts';

const now = Date.UTC(2026, 11, 1, 12);
const shop = freshShop();
const goodKey = 'vak_8Zr2KdQw0LmYx7Ts4NpGh1JvBc6RfEa9';

const variant = (sku: string, changes: object = {}): Facts['catalogue']['active'][number]['variants'][number] => ({
  ...{ id: `var_${sku}`, sku, title: sku, optionValues: [], compareAtPrice: null, weightGrams: 0, imageUrl: null },
  ...{ price: null, prices: [{ amount: 100, currency: 'EUR' }], barcode: null, policy: 'deny', tracked: true },
  ...{ availableForSale: true, available: 3, taxable: true, requiresShipping: true },
  ...changes,
});

const product = (...variants: ReturnType<typeof variant>[]): Facts['catalogue']['active'][number] => ({
  ...{ id: 'prd_1', handle: 'p', title: 'P', descriptionHtml: '', vendor: '', type: '', tags: [], options: [] },
  ...{ variants, images: [], seo: null, createdAt: '', updatedAt: '', version: 1, priceRange: null },
  ...{ availableForSale: true, availability: { asOf: '' }, status: 'active' },
});

const quoted = { kind: 'quoted', taxMinor: 16, isTaxOpen: false, shipping: 1, providers: ['manual'] } as const;

const sold = (outcome: MarketSale['outcome'], only?: number): MarketSale[] =>
  shop.markets.map(({ id, countries, isFallback }, index) => {
    const usual = isFallback ? { ...quoted, taxMinor: 0 } : quoted;
    return {
      marketId: id,
      country: countries[0] ?? 'NO',
      outcome: only === undefined || only === index ? outcome : usual,
    };
  });

/** A shop that is ready in every respect. */
const ready: Facts = {
  url: 'https://shop.example',
  adminKey: goodKey,
  secrets: {
    VITRINE_SECRET: goodKey,
    ...{ VITRINE_ADMIN_KEY_PREVIOUS: null, VITRINE_SECRET_PREVIOUS: null },
    ...{ STRIPE_SECRET_KEY: 'sk_live_abc', STRIPE_WEBHOOK_SECRET: 'whsec_abc' },
  },
  folder: {
    secretsMode: 0o100600,
    release: '0.2.0',
    secret: null,
    backups: [{ at: new Date(now - 3_600_000).toISOString(), to: '/b', verified: true }],
  },
  health: {
    status: 'ok',
    checkedAt: new Date(now).toISOString(),
    parts: [{ name: 'catalog', status: 'ok', reaches: 'database', latencyMs: 3 }],
    openDeadLetters: 0,
  },
  clock: { askedAt: now - 50, answeredAt: now, shopAt: now - 20 },
  state: {
    ...shop,
    profile: {
      ...shop.profile,
      ...{
        name: 'Shop',
        contactEmail: 'a@shop.example',
        legalName: 'Shop GmbH',
        storefrontUrl: 'https://shop.example',
      },
      address: { address1: 'Weg 1', country: 'DE' },
      mailFrom: { name: null, address: 'orders@shop.example' },
    },
    payment: {
      version: 1,
      methods: shop.payment.methods.map((method) => ({ ...method, isConfigured: method.provider !== 'sandbox' })),
    },
  },
  policy: { shopperCancel: true, returnWindowDays: 14, orderPageUrl: 'https://shop.example/order' },
  catalogue: { active: [product(variant('A'))], isWhole: true },
  sales: sold(quoted, 0),
  isSandboxOpen: false,
  takesWebhooks: true,
  reconciliation: null,
  release: '0.2.0',
};

const shownOf = (findings: readonly Finding[]) =>
  findings.map(({ group, level, what }) => `${group} ${level}: ${what}`);
const complaints = (facts: Facts) => examine(facts).filter(({ level }) => level === 'warn' || level === 'fail');

test('a shop that is ready has nothing to complain about, and every group has looked', () => {
  expect(shownOf(complaints(ready))).toEqual([]);
  expect([...new Set(examine(ready).map(({ group }) => group))].sort()).toEqual([...groups].sort());
});

test('every complaint says why it matters and what to do', () => {
  for (const { why, todo } of complaints({ ...ready, sales: [], adminKey: 'x', folder: null, isSandboxOpen: true }))
    expect([why, todo]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/./)]);
});

const days = (count: number) => count * 86_400_000;
const backups = (...list: readonly (readonly [ageMs: number, verified: boolean])[]) => ({
  folder: {
    ...ready.folder,
    secretsMode: 0o600,
    secret: null,
    release: '0.2.0',
    backups: list.map(([ageMs, verified]) => ({ at: new Date(now - ageMs).toISOString(), to: '/b', verified })),
  },
});
const profile = (changes: object) => ({ state: { ...ready.state, profile: { ...ready.state.profile, ...changes } } });
const health = (changes: object) => ({ health: { ...ready.health, ...changes } });
const secrets = (changes: object) => ({ secrets: { ...ready.secrets, ...changes } });
const noStripe = {
  state: {
    ...ready.state,
    payment: {
      version: 1,
      methods: ready.state.payment.methods.map((one) => ({ ...one, isConfigured: one.provider === 'manual' })),
    },
  },
};
const part = { name: 'orders', status: 'failed', reaches: 'database', latencyMs: 1, error: 'no such table' };

describe('what is wrong is found', () => {
  test.each<readonly [string, object, Group, 'warn' | 'fail', RegExp]>([
    ['plain http', { url: 'http://shop.example' }, 'address', 'fail', /over http/],
    ['no storefront', profile({ storefrontUrl: null }), 'address', 'warn', /storefront/],
    [
      'a storefront without https',
      profile({ storefrontUrl: 'http://shop.example' }),
      'address',
      'fail',
      /without https/,
    ],
    ['a dead part', health({ parts: [part] }), 'health', 'fail', /orders does not answer: no such table/],
    ['dead letters', health({ openDeadLetters: 2 }), 'health', 'fail', /2 events/],
    ['a slow part', health({ parts: [{ ...part, status: 'ok', latencyMs: 5_000 }] }), 'health', 'warn', /5000 ms/],
    ['a clock that is seconds off', { clock: { ...ready.clock, shopAt: now + 5_000 } }, 'clock', 'warn', /5 s/],
    ['a clock that is hours off', { clock: { ...ready.clock, shopAt: now - 7_200_000 } }, 'clock', 'fail', /7200 s/],
    ['an empty catalogue', { catalogue: { active: [], isWhole: true } }, 'catalogue', 'fail', /No product/],
    [
      'nothing in stock',
      { catalogue: { active: [product(variant('A', { available: 0 }))], isWhole: true } },
      'catalogue',
      'fail',
      /out of stock/,
    ],
    [
      'something out of stock',
      { catalogue: { active: [product(variant('A'), variant('B', { available: 0 }))], isWhole: true } },
      'catalogue',
      'warn',
      /1 of 2.*B/,
    ],
    [
      'no price in a currency',
      { catalogue: { active: [product(variant('A', { prices: [] }))], isWhole: true } },
      'catalogue',
      'fail',
      /no price in EUR/,
    ],
    [
      'a home market without shipping',
      { state: { ...ready.state, shippingRates: ready.state.shippingRates.slice(1) } },
      'shipping',
      'fail',
      /home market, Germany/,
    ],
    [
      'a home cart without a way to ship',
      { sales: sold({ ...quoted, shipping: 0 }, 0) },
      'shipping',
      'fail',
      /Germany is offered no way/,
    ],
    [
      'another cart without a way to ship',
      { sales: sold({ ...quoted, shipping: 0 }, 1) },
      'shipping',
      'warn',
      /Austria is offered no way/,
    ],
    [
      'a refused cart',
      { sales: sold({ kind: 'refused', detail: 'No.' }, 1) },
      'shipping',
      'fail',
      /Austria was refused: No\./,
    ],
    [
      'a country without tax',
      { state: { ...ready.state, markets: ready.state.markets.map((one) => ({ ...one, taxRate: '0.00' })) } },
      'taxes',
      'warn',
      /DE, AT, FR, MC/,
    ],
    [
      'a rate without effect',
      { sales: sold({ ...quoted, taxMinor: 0 }, 1) },
      'taxes',
      'fail',
      /Austria was charged no tax/,
    ],
    ['an open sandbox', { isSandboxOpen: true }, 'payment', 'fail', /sandbox is on/],
    [
      'a market where nobody can pay',
      { sales: sold({ ...quoted, providers: ['sandbox'] }, 1) },
      'payment',
      'fail',
      /Nobody can pay in Austria/,
    ],
    ['no cards', noStripe, 'payment', 'warn', /Cards are not taken/],
    ['a test key', secrets({ STRIPE_SECRET_KEY: 'sk_test_1' }), 'payment', 'fail', /test key/],
    ['another key', secrets({ STRIPE_SECRET_KEY: 'pk_live_1' }), 'payment', 'fail', /no secret key/],
    ['no webhook secret', { takesWebhooks: false }, 'payment', 'fail', /Webhooks/],
    ['another webhook secret', secrets({ STRIPE_WEBHOOK_SECRET: 'sk_live_1' }), 'payment', 'fail', /signing secret/],
    ['no name', profile({ name: null }), 'mail', 'fail', /no name/],
    ['no sender', profile({ mailFrom: null }), 'mail', 'fail', /No sender/],
    ['no imprint', profile({ address: null }), 'mail', 'warn', /business/],
    ['no page for orders', { policy: { ...ready.policy, orderPageUrl: null } }, 'mail', 'warn', /opens an order/],
    ['a short key', { adminKey: 'short' }, 'keys', 'fail', /less than 24/],
    ['a known key', { adminKey: 'vak_journeys00000000000000000000000' }, 'keys', 'fail', /others know/],
    ['a key that repeats itself', { adminKey: 'abababababababababababababababab' }, 'keys', 'fail', /repeats/],
    ['a weak secret', secrets({ VITRINE_SECRET: 'secret' }), 'keys', 'fail', /VITRINE_SECRET/],
    ['a rotation that was not finished', secrets({ VITRINE_SECRET_PREVIOUS: 'x' }), 'keys', 'warn', /still set/],
    [
      'secrets that others can read',
      { folder: { ...ready.folder, secretsMode: 0o100644 } },
      'keys',
      'fail',
      /secrets.json/,
    ],
    ['another release', { release: '0.3.0' }, 'release', 'warn', /0\.2\.0, and this doctor of 0\.3\.0/],
    ['no backup', { folder: { ...ready.folder, backups: null } }, 'backups', 'fail', /No backup/],
    ['no verified backup', backups([1, false]), 'backups', 'fail', /verified/],
    ['a newest backup that is not verified', backups([1, false], [days(1), true]), 'backups', 'warn', /newest/],
    ['a backup of last week', backups([days(3), true]), 'backups', 'warn', /72 h/],
    ['a backup of last month', backups([days(30), true]), 'backups', 'fail', /720 h/],
  ])('%s', (_name, changes, group, level, what) => {
    const found = complaints({ ...ready, ...changes });
    expect(shownOf(found)).toEqual([expect.stringMatching(new RegExp(`^${group} ${level}: .*${what.source}`))]);
  });

  test('and what cannot be looked at is said to be skipped, not to be well', () => {
    const unseen = {
      ...ready,
      url: 'http://127.0.0.1:8787',
      folder: null,
      ...secrets({ STRIPE_SECRET_KEY: null, VITRINE_SECRET: null }),
    };
    const skipped = examine(unseen).filter(({ level }) => level === 'skipped');
    expect(skipped.map(({ group }) => group)).toEqual(['address', 'payment', 'mail', 'keys', 'backups', 'release']);
    expect(shownOf(complaints(unseen))).toEqual([]);
  });

  test('except where a market is closed: nothing is asked of it', () => {
    const sales = sold({ kind: 'nothing-to-sell' }, 1);
    const shippingRates = ready.state.shippingRates.filter(({ marketId }) => marketId !== shop.markets[1]?.id);
    expect(shownOf(complaints({ ...ready, sales, state: { ...ready.state, shippingRates } }))).toEqual([]);
  });
});

test('a round trip that took long is no fault of a clock', () => {
  const clock = { askedAt: now - 30_000, answeredAt: now, shopAt: now - 29_000 };
  expect(shownOf(complaints({ ...ready, clock }))).toEqual([]);
});

test('what a shop says does nothing to a terminal', () => {
  const sales = sold({ kind: 'refused', detail: '\u001b[2JGone \u202eback' }, 1);
  const text = reportLines(examine({ ...ready, sales }), false).join('\n');
  expect(text).toContain('Gone');
  for (const hidden of ['\u001b', '\u202e']) expect(text).not.toContain(hidden);
});

test('colours are only for terminals', () => {
  expect(reportLines(examine(ready), true).join()).toContain('\u001b[32mok');
  expect(reportLines(examine(ready), false).join()).not.toContain('\u001b');
});

test('randomness is counted in bits', () => {
  expect(bitsOf('aaaaaaaaaaaaaaaaaaaaaaaa')).toBe(0);
  expect(bitsOf(goodKey)).toBeGreaterThan(150);
});
