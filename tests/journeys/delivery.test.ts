/** An order can be delivered and taxed: what a checkout asks of its shopper, and how addresses are read. */
import { beforeAll, describe, expect, it } from 'vitest';
import { getCountry, listCountries } from '../../shared/contracts/cart/countries-http.ts';
import { CartView, listShippingOptions } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { createDraftOrder } from '../../shared/contracts/orders/drafts-http.ts';
import { OrderView } from '../../shared/contracts/orders/orders-http.ts';
import { Market } from '../../shared/contracts/pricing/markets.ts';
import { Page } from '../../shared/http/pagination.ts';
import { expectProblem, expectStatus } from './client.ts';
import {
  addShippingRate,
  addTaxRate,
  changeCart,
  money,
  openMarket,
  putUpVariant,
  startCart,
  tryChangeCart,
} from './merchant.ts';
import { address, card, checkOut, journeyOfFile, manual, putUp, stockOf } from './shopping.ts';

const shop = journeyOfFile();
const email = 'ada@example.com';

async function bareCart(sku: string): Promise<string> {
  const json = { country: 'DE', lines: [{ sku, quantity: 1 }] };
  return expectStatus(await shop.send('POST', '/v1/carts', { json }), 201).as(CartView).id;
}

describe('a checkout', () => {
  it.each([card, null])('of goods that ship needs an address, and holds nothing without', async (payment) => {
    const sku = `SHIPS-${payment === null ? 'LATER' : 'NOW'}`;
    await putUp(shop, { sku, stock: 3, priceMinor: 1000 });
    const cartId = await bareCart(sku);
    await changeCart(shop, cartId, { email });
    const refused = expectProblem(await checkOut(shop, cartId, payment), 'address-needed');
    expect(refused.errors).toEqual([{ pointer: '/shippingAddress', detail: 'Give the address that the goods go to.' }]);
    expect(await stockOf(shop, sku)).toMatchObject({ held: 0, available: 3 });
    // A street alone gets no parcel to anybody.
    const { firstName: _first, lastName: _last, ...street } = address;
    await changeCart(shop, cartId, { shippingAddress: street });
    const nameless = expectProblem(await checkOut(shop, cartId, payment), 'address-needed');
    expect(nameless.errors).toMatchObject([{ pointer: '/shippingAddress/lastName' }]);
    expect(await stockOf(shop, sku)).toMatchObject({ held: 0, available: 3 });
    // The cart is the shopper's again, and may be bought with an address and a name.
    await changeCart(shop, cartId, { shippingAddress: { ...street, company: 'Example Ltd' } });
    expectStatus(await checkOut(shop, cartId, payment), 201);
  });

  it('needs an e-mail address or a telephone number', async () => {
    await putUp(shop, { sku: 'WHOSE', stock: 3, priceMinor: 1000 });
    const cartId = await bareCart('WHOSE');
    const both = expectProblem(await checkOut(shop, cartId, card), 'address-needed');
    expect(both.errors).toMatchObject([{ pointer: '/shippingAddress' }, { pointer: '/email' }]);
    await changeCart(shop, cartId, { shippingAddress: address });
    const refused = expectProblem(await checkOut(shop, cartId, card), 'contact-needed');
    expect(refused.errors).toMatchObject([{ pointer: '/email' }]);
    expect((await changeCart(shop, cartId, { phone: '030 1234' })).phone).toBe('030 1234');
    const { order } = expectStatus(await checkOut(shop, cartId, card), 201).as(CheckoutView);
    const placed = await shop.admin('GET', `/admin/v1/orders/${order?.id}`);
    expect(expectStatus(placed, 200).as(OrderView)).toMatchObject({ email: null, phone: '030 1234' });
  });

  it('of goods that do not ship needs no address', async () => {
    await putUpVariant(shop, 'FILE', { price: { amount: 500, currency: 'EUR' }, requiresShipping: false });
    const cartId = await bareCart('FILE');
    expectProblem(await checkOut(shop, cartId, card), 'contact-needed');
    await changeCart(shop, cartId, { email });
    const { order, shippingAddress } = expectStatus(await checkOut(shop, cartId, card), 201).as(CheckoutView);
    expect(shippingAddress).toBeNull();
    // And nothing that ships can be added to it afterwards, unless it is said where and to whom.
    await putUp(shop, { sku: 'ADDED', stock: 3, priceMinor: 1000 });
    const add = [{ sku: 'ADDED', quantity: 1 }];
    const preview = (more: object) =>
      shop.admin('POST', `/admin/v1/orders/${order?.id}/edits/preview`, { add, ...more });
    expect(expectProblem(await preview({}), 'address-needed').errors).toMatchObject([{ pointer: '/add/0' }]);
    const { firstName: _first, lastName: _last, ...street } = address;
    const nameless = expectProblem(await preview({ shippingAddress: street }), 'address-needed');
    expect(nameless.errors).toMatchObject([{ pointer: '/shippingAddress/lastName' }]);
    expectStatus(await preview({ shippingAddress: address }), 200);
  });

  it('of goods that do not ship needs no name, and what ships cannot be added to nobody', async () => {
    await putUpVariant(shop, 'FILE-2', { price: { amount: 500, currency: 'EUR' }, requiresShipping: false });
    await putUp(shop, { sku: 'ADDED-2', stock: 3, priceMinor: 1000 });
    const { firstName: _first, lastName: _last, ...street } = address;
    const cartId = await bareCart('FILE-2');
    await changeCart(shop, cartId, { email, shippingAddress: street });
    const { order } = expectStatus(await checkOut(shop, cartId, card), 201).as(CheckoutView);
    const add = [{ sku: 'ADDED-2', quantity: 1 }];
    const refused = await shop.admin('POST', `/admin/v1/orders/${order?.id}/edits/preview`, { add });
    expect(expectProblem(refused, 'address-needed').errors).toEqual([
      { pointer: '/add/0', detail: 'The shipping address names nobody, so nothing that ships can be added.' },
    ]);
  });

  it("of a merchant's draft needs the same", async () => {
    await putUp(shop, { sku: 'DRAFTED', stock: 3, priceMinor: 1000 });
    const json = { country: 'DE', lines: [{ sku: 'DRAFTED', quantity: 1 }] };
    const complete = async (more: object) => {
      const draft = await shop.admin('POST', '/admin/v1/draft-orders', { ...json, ...more });
      const { id } = expectStatus(draft, 201).as(createDraftOrder.answer);
      return shop.admin('POST', `/admin/v1/draft-orders/${id}/complete`, { payment: manual });
    };
    expectProblem(await complete({ email }), 'address-needed');
    expectProblem(await complete({ shippingAddress: address }), 'contact-needed');
    expectStatus(await complete({ email, shippingAddress: address }), 201);
  });
});

describe('an address', () => {
  const street = { company: 'Example Ltd', address1: 'Main Street 1', city: 'Town' };

  it.each([
    ['CA', 'Québec', 'h3z2y7', 'CA-QC', 'H3Z 2Y7'],
    ['US', 'california', '902101234', 'US-CA', '90210-1234'],
    ['JP', '東京都', '〒1000001', 'JP-13', '100-0001'],
    ['HK', '九龍', undefined, 'Kowloon', undefined],
    ['GB', 'Scotland', 'eh11yz', 'GB-SCT', 'EH1 1YZ'],
  ])('in %s keeps one form of %s and %s, wherever it is read', async (country, region, postalCode, code, kept) => {
    const sku = `AT-${country}`;
    await putUpVariant(shop, sku, { price: money(1000) });
    const { id } = await startCart(shop, { country: 'DE', lines: [{ sku, quantity: 1 }] });
    const given = { ...street, country: 'DE', postalCode: '10115', phone: '030 1234' };
    // No market sells there, so it is the invoice that goes abroad.
    const cart = await changeCart(shop, id, {
      shippingAddress: given,
      billingAddress: { ...street, country, region, postalCode },
    });
    const shown = { ...street, country, region: code, ...(kept === undefined ? {} : { postalCode: kept }) };
    expect(cart.billingAddress).toEqual(shown);
    const checkout = expectStatus(await checkOut(shop, id, card), 201).as(CheckoutView);
    expect(checkout.billingAddress).toEqual(shown);
    const order = await shop.admin('GET', `/admin/v1/orders/${checkout.order?.id}`);
    expect(expectStatus(order, 200).as(OrderView).billingAddress).toEqual(shown);
  });

  it.each([
    [{ country: 'US', region: 'Californa' }, '/shippingAddress/region', /California \(US-CA\)/],
    [{ country: 'US', region: 'Atlantis' }, '/shippingAddress/region', /no region "Atlantis"/],
    [{ country: 'DE', postalCode: '1234' }, '/shippingAddress/postalCode', /looks like 26133/],
    [{ country: 'UK' }, '/shippingAddress/country', /no such country/],
    [{ country: 'DE', city: '' }, '/shippingAddress/city', /Give the city/],
  ])('of %j is refused with its pointer', async (wrong, pointer, detail) => {
    const { id } = expectStatus(await shop.send('POST', '/v1/carts', { json: { country: 'DE' } }), 201).as(CartView);
    const refused = expectProblem(
      await tryChangeCart(shop, id, { shippingAddress: { ...street, ...wrong } }),
      'invalid-input',
    );
    expect(refused.errors).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
  });
});

describe('where taxes depend on the region', () => {
  const street = { firstName: 'Ada', address1: 'Main Street 1', city: 'Town', country: 'US', phone: '555 1234' };
  const cartOf = (sku: string) => startCart(shop, { country: 'US', lines: [{ sku, quantity: 1 }] }, { email });

  beforeAll(async () => {
    const us = { countries: ['US'], currencies: ['USD' as const], taxRate: '0', pricesIncludeTax: false };
    const market = await shop.admin('GET', '/admin/v1/markets');
    const before = expectStatus(market, 200)
      .as(Page(Market))
      .items.find(({ countries }) => countries.includes('US'));
    const id = before?.id ?? (await openMarket(shop, { name: 'United States', ...us })).id;
    if (before !== undefined) expectStatus(await shop.admin('PATCH', `/admin/v1/markets/${id}`, us), 200);
    // A merchant writes regions as it pleases him, and all of them are the same to an address.
    await addTaxRate(shop, { name: 'CA sales tax', rate: '0.0725', zone: { country: 'US', region: 'California' } });
    await addTaxRate(shop, { name: 'NY sales tax', rate: '0.04', zone: { country: 'US', region: 'ny' } });
    const zones = [
      { country: 'US', region: 'US-HI' },
      { country: 'US', region: 'alaska' },
    ];
    await addShippingRate(shop, { marketId: id, name: 'Far away', prices: [money(1900, 'USD')], zones });
    await putUpVariant(shop, 'TAXED', { price: money(10_000, 'USD') });
    await putUpVariant(shop, 'TAXED-FILE', { price: money(10_000, 'USD'), requiresShipping: false });
  });

  it.each([
    ['CA', 725],
    ['california', 725],
    ['US-CA', 725],
    ['New York', 400],
    ['Texas', 0],
  ])('%s is taxed by its zone', async (region, tax) => {
    const { id } = await cartOf('TAXED-FILE');
    const cart = await changeCart(shop, id, { shippingAddress: { ...street, region, postalCode: '90210' } });
    expect([cart.totals.tax.amount, cart.taxIsEstimated]).toEqual([tax, false]);
    expect(expectStatus(await checkOut(shop, id, card), 201).as(CheckoutView).totals.tax.amount).toBe(tax);
  });

  it('an address without one is no untaxed one: the tax is estimated, and the checkout asks', async () => {
    const { id } = await cartOf('TAXED');
    const cart = await changeCart(shop, id, { shippingAddress: { ...street, postalCode: '90210' } });
    expect(cart.taxIsEstimated).toBe(true);
    const refused = expectProblem(await checkOut(shop, id, card), 'address-needed');
    expect(refused.errors).toEqual([{ pointer: '/shippingAddress/region', detail: 'Give the state.' }]);
    const told = await changeCart(shop, id, { shippingAddress: { ...street, postalCode: '90210', region: 'ca' } });
    expect(told.taxIsEstimated).toBe(false);
    expectStatus(await checkOut(shop, id, card), 201);
  });

  it('what does not ship needs the address of its buyer, and nothing else', async () => {
    const json = { country: 'US', lines: [{ sku: 'TAXED-FILE', quantity: 1 }] };
    const bare = expectStatus(await shop.send('POST', '/v1/carts', { json }), 201).as(CartView);
    expect(bare.taxIsEstimated).toBe(true);
    await changeCart(shop, bare.id, { email });
    const refused = expectProblem(await checkOut(shop, bare.id, card), 'address-needed');
    expect(refused.errors).toMatchObject([{ pointer: '/billingAddress' }]);
    const billingAddress = { ...street, region: 'CA', postalCode: '90210' };
    const known = await changeCart(shop, bare.id, { billingAddress });
    expect([known.totals.tax.amount, known.taxIsEstimated]).toEqual([725, false]);
    expectStatus(await checkOut(shop, bare.id, card), 201);
  });

  it('shipping goes by the same regions', async () => {
    const { id } = await cartOf('TAXED');
    const optionsIn = async (region: string) => {
      await changeCart(shop, id, { shippingAddress: { ...street, region, postalCode: '96813' } });
      const options = expectStatus(await shop.send('GET', `/v1/carts/${id}/shipping-options`), 200);
      return options.as(listShippingOptions.answer).items.map(({ name }) => name);
    };
    expect(await optionsIn('Hawaii')).toContain('Far away');
    expect(await optionsIn('AK')).toContain('Far away');
    expect(await optionsIn('CA')).not.toContain('Far away');
  });

  it('a zone of a region that is none is refused with its pointer', async () => {
    const draft = { name: 'Nowhere', rate: '0.1', zone: { country: 'US', region: 'Californa' } };
    const refused = expectProblem(await shop.admin('POST', '/admin/v1/tax-rates', draft), 'invalid-input');
    expect(refused.errors).toMatchObject([{ pointer: '/zone/region' }]);
  });
});

describe('countries', () => {
  const read = (path: string, headers: Record<string, string> = {}) => shop.send('GET', path, { headers });

  it('are listed with what their addresses need, by names of the language that is asked for', async () => {
    const answer = expectStatus(await read('/v1/countries'), 200);
    const { items } = answer.as(listCountries.answer);
    expect(items).toHaveLength(250);
    expect(items.find(({ code }) => code === 'US')).toMatchObject({
      name: 'United States',
      requiredFields: ['address1', 'city', 'region', 'postalCode'],
      requiredOneOf: ['firstName', 'lastName', 'company'],
      labels: { region: 'State', postalCode: 'ZIP code' },
      postalCode: { example: '95014' },
    });
    const french = await read('/v1/countries', { 'accept-language': 'xx, fr-CA;q=0.9, de;q=0.5' });
    expect(
      expectStatus(french, 200)
        .as(listCountries.answer)
        .items.find(({ code }) => code === 'DE')?.name,
    ).toBe('Allemagne');
    const german = expectStatus(await read('/v1/countries/JP?language=de', { 'accept-language': 'fr' }), 200);
    expect(german.as(getCountry.answer).name).toBe('Japan');
    expect(german.headers['content-language']).toBe('de');
  });

  it('say whether the shop sells there, and in what, as soon as a market is edited', async () => {
    const sold = async (query: string) =>
      expectStatus(await read(`/v1/countries${query}`), 200).as(listCountries.answer).items;
    const codes = (items: readonly { code: string }[]) => items.map(({ code }) => code);
    const markets = expectStatus(await shop.admin('GET', '/admin/v1/markets'), 200).as(Page(Market)).items;
    const rest = markets.find(({ isFallback }) => isFallback);
    // The market of all other countries sells everywhere, until it is that no more.
    expect(await sold('?sold=true')).toHaveLength(
      rest === undefined ? markets.flatMap((one) => one.countries).length : 250,
    );
    if (rest !== undefined)
      expectStatus(
        await shop.admin('PATCH', `/admin/v1/markets/${rest.id}`, { isFallback: false, countries: ['AQ'] }),
        200,
      );
    const before = await sold('?sold=true');
    expect(before.find(({ code }) => code === 'DE')).toMatchObject({ isSold: true, currency: 'EUR' });
    expect(before.every(({ isSold, currency }) => isSold && currency !== null)).toBe(true);
    expect(codes(before)).not.toContain('NZ');
    const nowhere = { isSold: false, currency: null, currencies: [] };
    expect(expectStatus(await read('/v1/countries/NZ'), 200).as(getCountry.answer)).toMatchObject(nowhere);
    await openMarket(shop, {
      ...{ name: 'New Zealand', countries: ['NZ'], currencies: ['NZD', 'USD'] },
      ...{ taxRate: '0.15', pricesIncludeTax: true },
    });
    const there = { isSold: true, currency: 'NZD', currencies: ['NZD', 'USD'] };
    expect((await sold('?sold=true')).find(({ code }) => code === 'NZ')).toMatchObject(there);
    expect(codes(await sold('?sold=false'))).not.toContain('NZ');
    expect(await sold('')).toHaveLength(250);
    expectProblem(await read('/v1/countries?sold=perhaps'), 'invalid-input');
  });

  it('are told one by one, with their regions', async () => {
    const japan = expectStatus(await read('/v1/countries/JP'), 200).as(getCountry.answer);
    expect(japan.fields.slice(0, 2)).toEqual(['postalCode', 'region']);
    expect(japan.regions).toHaveLength(47);
    expect(japan.regions[12]).toEqual({ code: 'JP-13', name: 'Tokyo', localName: '東京都', parentCode: null });
    const canada = expectStatus(await read('/v1/countries/ca'), 200).as(getCountry.answer);
    expect(canada.regions.map(({ code }) => code)).toContain('CA-QC');
    expectProblem(await read('/v1/countries/XX'), 'not-found');
    expectProblem(await read('/v1/countries?language=%00'), 'invalid-input');
  });

  it('may be kept, and are not sent twice', async () => {
    const first = expectStatus(await read('/v1/countries/DE'), 200);
    expect(first.headers['cache-control']).toBe('public, max-age=60');
    expect(first.headers.vary).toMatch(/accept-language/i);
    const again = await read('/v1/countries/DE', { 'if-none-match': String(first.headers.etag) });
    expect([again.status, again.text]).toEqual([304, '']);
    const other = await read('/v1/countries/DE?language=fr', { 'if-none-match': String(first.headers.etag) });
    expect(other.status).toBe(200);
  });
});
