/** The address that taxes go by, where nothing is sent: it is changed like the one that goods go to. */
import { describe, expect, test } from 'vitest';
import type { Quote } from '../../../shared/contracts/pricing/api.ts';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { CheckoutDetails, OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { TestOrder } from '../testing/orders.ts';

const berlin = { lastName: 'Beer', address1: 'Weg 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
const paris = { lastName: 'Beer', address1: 'Rue 1', city: 'Paris', postalCode: '75001', country: 'FR' };
const correct = (corrections: object) => ({ type: 'correct', corrections }) as const;
const storage = () => new MemoryStreamStorage<OrderStreamEvent>();

/** An order of files, dearer by 1.00 in France. */
function files(changes: Partial<CheckoutDetails> = {}): TestOrder {
  const lines = new TestOrder(storage()).state.lines.map((line) => {
    const variant = { ...line.variant, requiresShipping: false };
    return { ...line, variant };
  });
  const addresses = { shippingAddress: null, billingAddress: berlin };
  const order = new TestOrder(storage(), 'immediate', [], false, { lines, ...addresses, ...changes });
  order.shippingMinorIn = (country) => (country === 'FR' ? 590 : 490);
  return order;
}

describe('another billing address', () => {
  test('that decides the tax is refused with the difference, and is an edit', async () => {
    const order = files();
    const { totalMinor } = order.state.quote;
    expect(await order.ask(correct({ billingAddress: paris }))).toMatchObject({
      status: 409,
      body: {
        code: 'address-changes-total',
        delta: { amount: 100 },
        errors: [{ pointer: '/billingAddress', detail: expect.stringContaining('with this billingAddress') }],
      },
    });
    const edited = await order.edit({ lines: [], added: [], billingAddress: paris });
    expect(edited.body).toMatchObject({ billingAddress: paris, totals: { total: { amount: totalMinor + 100 } } });
    await order.edit({ lines: [{ lineId: 'lin_1', quantity: 2 }], added: [] });
    expect(order.quoted.at(-1)).toMatchObject({ cart: { country: 'FR' } });
  });

  test('at which everything costs the same is a correction, and the next edit goes by it', async () => {
    const order = files();
    const hamburg = { ...berlin, city: 'Hamburg', postalCode: '20095' };
    expect((await order.ask(correct({ billingAddress: hamburg }))).body).toMatchObject({ billingAddress: hamburg });
    await order.preview({ lines: [{ lineId: 'lin_1', quantity: 2 }], added: [] });
    expect(order.quoted.at(-1)).toMatchObject({ cart: { address: { postalCode: '20095' } } });
  });

  test('is taken at once where goods are sent elsewhere, and of a canceled order', async () => {
    const sent = new TestOrder(storage());
    sent.shippingMinorIn = (country) => (country === 'FR' ? 590 : 490);
    expect((await sent.ask(correct({ billingAddress: paris }))).status).toBe(200);
    const canceled = files();
    await canceled.ask({ type: 'cancel', note: null });
    expect((await canceled.ask(correct({ billingAddress: paris }))).status).toBe(200);
  });

  test('that does not say its taxes is refused by its own field', async () => {
    const order = files();
    order.saysOf = ({ country }): Partial<Quote> => (country === 'FR' ? { taxNeeds: ['region'] } : {});
    const edit = { lines: [], added: [], billingAddress: paris };
    expect(await order.preview(edit)).toMatchObject({
      status: 422,
      body: { code: 'address-needed', errors: [{ pointer: '/billingAddress/region' }] },
    });
  });

  test('is no other edit: its token confirms nothing else', async () => {
    const order = files();
    const { body } = await order.preview({ lines: [], added: [], billingAddress: paris });
    const token = String(body.token);
    const other = { ...paris, city: 'Lyon' };
    expect(await order.ask({ type: 'edit', lines: [], added: [], billingAddress: other, token })).toMatchObject({
      body: { code: 'edit-changed' },
    });
  });
});
