/** What the recorded walk through the API leaves out: changes that write a type of event which nothing else writes. */
import type { Call } from '../../../scripts/openapi/record/recorder.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const shippingAddress = {
  ...{ firstName: 'Ada', lastName: 'Byron', address1: 'Lindenweg 1' },
  ...{ postalCode: '10115', city: 'Berlin', country: 'DE' },
};

export async function doTheRest(call: Call): Promise<void> {
  const buy = async (token: string, giftCards: readonly string[] = []) => {
    const cart = await call('createCart', { body: { country: 'DE', lines: [{ sku: 'BWC-S', quantity: 1 }] } });
    const cartId = cart('id');
    await call('changeCart', { params: { cartId }, body: { email: 'ada@example.com', shippingAddress, giftCards } });
    const checkout = await call('startCheckout', { body: { cartId, payment: { provider: 'sandbox', token } } });
    return { orderId: checkout('order.id'), lineId: checkout('lines.0.id') };
  };
  const moving = await call('createCart', { body: { country: 'DE', lines: [{ sku: 'BWC-S', quantity: 1 }] } });
  await call('changeCart', { params: { cartId: moving('id') }, body: { country: 'US' } });

  const card = await call('issueGiftCard', { body: { amount: euros(3000) } });
  const params = { id: card('id') };
  await call('adjustGiftCard', { params, body: { amount: euros(-500), reason: 'Typed wrong' } });
  for (const isDisabled of [true, false]) await call('patchGiftCard', { params, body: { isDisabled } });

  // The card pays a part, so its credit comes after the refund that the provider leaves open.
  const part = await call('issueGiftCard', { body: { amount: euros(500) } });
  const { orderId } = await buy('refund_pending', [part('code')]);
  await call('cancelOrder', { params: { orderId }, body: {} });

  const exchanged = await buy('ok');
  const ordered = { orderId: exchanged.orderId };
  await call('fulfillOrder', { params: ordered, body: {} });
  const lines = [{ lineId: exchanged.lineId, quantity: 1 }];
  const wish = { lines, exchange: [{ sku: 'BWC-L', quantity: 1 }], approve: true };
  const asked = await call('requestReturn', { params: ordered, body: wish });
  await call('receiveReturn', { params: { ...ordered, returnId: asked('returns.0.id') }, body: { lines } });

  await call('changeStockSettings', { params: { sku: 'BWC-S' }, body: { floor: -5 } });
}
