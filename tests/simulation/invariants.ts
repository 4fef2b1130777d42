/**
 * What must hold when a run has come to rest, beside what was watched all along. Each broken promise is one sentence that
 * begins with the name of its invariant.
 */
import { orderStreams } from '../../durable-objects/order/streams.ts';
import type { Checkout } from '../../workers/orders/domain/checkout/checkout.ts';
import { eventViolations } from './event-invariants.ts';
import type { OperationHistory } from './merchants.ts';
import { moneyViolations } from './money-invariants.ts';
import { allowanceViolations, endlessOperations, operationViolations, stockViolations } from './order-invariants.ts';
import type { Shop } from './shop.ts';
import type { Heard, History } from './shoppers.ts';
import { triedPaymentViolations } from './tried-payments.ts';
import type { Watch } from './watch.ts';

export async function violationsAtRest(
  shop: Shop,
  watch: Watch,
  history: History & OperationHistory,
  checkouts = checkoutsOf(shop),
): Promise<string[]> {
  return [
    ...watch.violations,
    ...moneyViolations(shop, checkouts),
    ...stockViolations(shop, checkouts),
    ...allowanceViolations(shop, checkouts),
    ...endViolations(checkouts, history),
    ...eventViolations(shop, checkouts),
    ...answerViolations(history, checkouts),
    ...triedPaymentViolations(shop, checkouts, history),
    ...operationViolations(shop, history),
    ...(await cartViolations(shop, checkouts)),
  ];
}

/** Every order as its events tell it, by the id of its checkout. */
export function checkoutsOf({ orderStorage }: Shop): ReadonlyMap<string, Checkout> {
  const { evolve, initial } = orderStreams;
  return new Map(orderStorage.streamIds.map((id) => [id, orderStorage.history(id).reduce(evolve, initial)]));
}

const isPaid = (checkout: Checkout | undefined): boolean => checkout?.phase === 'completed';

/** I7: every checkout and every operation ends, and so does every wait of a shopper or merchant. */
function endViolations(checkouts: ReadonlyMap<string, Checkout>, { unanswered }: History): string[] {
  const endless = [...checkouts].filter(
    ([, { phase }]) => !['completed', 'failed', 'expired', 'canceled'].includes(phase),
  );
  return [
    ...endless.map(([id, { phase }]) => `I7 ${id} stays ${phase}`),
    ...endlessOperations(checkouts),
    ...unanswered.map((one) => `I7 ${one}`),
  ];
}

/** I8: what a shopper was answered is true, and stays the same under the same key. */
function answerViolations({ heard }: History, checkouts: ReadonlyMap<string, Checkout>): string[] {
  const found: string[] = [];
  const finals = new Map<string, Heard>();
  for (const answer of heard) {
    const { kind, key, status, body } = answer;
    const told = JSON.parse(body) as {
      id?: string;
      checkoutId?: string;
      status?: string | number;
      code?: string;
      attemptsLeft?: number;
    };
    const checkoutId = told.id ?? told.checkoutId ?? answer.checkoutId;
    const phase = checkouts.get(checkoutId)?.phase ?? 'none';
    if (told.status === 'completed' && phase !== 'completed')
      found.push(`I8 ${key} was told completed, it is ${phase}`);
    if (told.status === 'canceled' && phase !== 'canceled') found.push(`I8 ${key} was told canceled, it is ${phase}`);
    if (kind === 'complete' && status < 300 && !['completed', 'processing'].includes(String(told.status)))
      found.push(`I8 ${key} wished to pay and got ${status} ${told.status}`);
    // While more payments may be tried, the refusal of one is not the end.
    const mayTryAgain = (told.attemptsLeft ?? 0) > 0;
    const isNo =
      status >= 400 && status < 500 && kind !== 'cancel' && told.code !== 'request-in-progress' && !mayTryAgain;
    if (isNo && isPaid(checkouts.get(checkoutId)))
      found.push(`I8 ${key} was refused with ${told.code}, yet ${checkoutId} is paid`);
    if (status === 202 || status >= 500 || told.code === 'request-in-progress') continue;
    const before = finals.get(key);
    if (before === undefined) finals.set(key, answer);
    else if (before.status !== status || before.body !== body)
      found.push(`I8 ${key} got two answers: ${before.status} ${before.body} and ${status} ${body}`);
  }
  return found;
}

/** A cart is completed exactly when it has become one paid order. */
async function cartViolations(shop: Shop, checkouts: ReadonlyMap<string, Checkout>): Promise<string[]> {
  const found: string[] = [];
  const muchLater = shop.scheduler.now + 3 * 60 * 60 * 1000;
  for (const { cartId } of shop.goods.carts) {
    const paid = [...checkouts].filter(
      ([, checkout]) => isPaid(checkout) && 'details' in checkout && checkout.details.cartId === cartId,
    );
    if (paid.length > 1) found.push(`C8 ${cartId} became ${paid.length} orders`);
    const snapshot = await shop.carts.snapshot(cartId, muchLater);
    const expected = paid.length === 0 ? 'active' : 'completed';
    if (snapshot?.status !== expected)
      found.push(`C8 ${cartId} is ${snapshot?.status} with ${paid.length} paid orders`);
    if (paid.length === 1 && snapshot?.checkoutId !== paid[0]?.[0]) found.push(`C8 ${cartId} names another checkout`);
  }
  return found;
}
