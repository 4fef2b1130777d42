/**
 * A change of a cart is decided, priced and committed with its answer: what comes in between, what comes twice, and what is done
 * while nobody says what the cart costs.
 */
import { describe, expect, test } from 'vitest';
import type { LetGo } from '../../../shared/contracts/orders/api.ts';
import { idempotencyTtlMs } from '../../../shared/values/idempotency.ts';
import { accept, refuse } from '../../../shared/values/result.ts';
import { secondMs } from '../../../shared/values/time.ts';
import { cartId, held, now, plainQuote, TestDesk } from '../testing/desk.ts';
import type { CartText } from './cart-object.ts';

const idempotency = { key: 'k', fingerprint: 'f' };
const keyed = { idempotency };
const freeze = { type: 'freeze', checkoutId: 'chk_1', version: null, until: now + 60 * secondMs, now } as const;
const thaw = { type: 'thaw', checkoutId: 'chk_1', now } as const;

const bodyOf = ({ body }: CartText) => JSON.parse(body);
const quantities = (text: CartText) => bodyOf(text).lines.map(({ quantity }: { quantity: number }) => quantity);

/** Holds up the next answer of pricing, and says when it is asked. */
function heldUp(given: TestDesk) {
  const usual = given.pricing.answer;
  const gate = held<null>();
  const asked = held<null>();
  given.pricing.answer = async (question) => {
    given.pricing.answer = usual;
    asked.give(null);
    await gate.answer;
    return usual(question);
  };
  return { asked: asked.answer, go: () => gate.give(null), fail: () => gate.fail() };
}

const usableCard = (code: string, last4: string) =>
  ({ status: 'usable', code, cardId: 'gft_1', last4, balanceMinor: 5, currency: 'EUR', expiresAt: null }) as const;

describe('a change that is asked for again with its key', () => {
  test('gets the same bytes, and nothing is done twice', async () => {
    const given = new TestDesk();
    const first = await given.add(0, keyed);
    await given.add(1);
    const again = await given.add(0, keyed);
    expect(again).toEqual({ ...first, isReplay: true });
    expect(given.cart.version).toBe(3);
  });

  test('gets them from an object that has died since: the answer was in the commit of the change', async () => {
    const given = new TestDesk();
    const first = await given.add(0, keyed);
    given.restart();
    expect(await given.add(0, keyed)).toEqual({ ...first, isReplay: true });
    expect(given.pricing.asked).toHaveLength(1);
  });

  test('is done when the first one died before its commit', async () => {
    const given = new TestDesk();
    const { asked } = heldUp(given);
    void given.add(0, keyed);
    await asked;
    given.restart();
    const retried = await given.add(0, keyed);
    expect([retried.isReplay, quantities(retried)]).toEqual([false, [1]]);
  });

  test('does not overtake the one that is running: it waits for a while, and is then told so', async () => {
    const given = new TestDesk();
    const { asked, go } = heldUp(given);
    const first = given.add(0, keyed);
    await asked;
    const impatient = await given.add(0, keyed);
    expect([impatient.status, bodyOf(impatient).code]).toEqual([409, 'request-in-progress']);
    go();
    const answer = await first;
    expect(quantities(answer)).toEqual([1]);
    expect(await given.add(0, keyed)).toEqual({ ...answer, isReplay: true });
  });

  test('gets a refusal again, though the change would go through now', async () => {
    const given = new TestDesk();
    const unsold = await given.add(4, keyed);
    expect([unsold.status, bodyOf(unsold).code]).toEqual([409, 'variant-unavailable']);
    given.restart();
    expect(await given.add(4, keyed)).toEqual({ ...unsold, isReplay: true });
  });

  test('gets its first answer also where the repetition is refused before the cart is asked', async () => {
    const given = new TestDesk();
    const refusal = { code: 'unknown-variant', errors: [] };
    const early = { refusal, idempotency, requestId: 'req_early', now };
    const first = await given.add(0, keyed);
    expect(await given.desk.refuse(early)).toEqual({ ...first, isReplay: true });

    const other = { ...early, idempotency: { key: 'other', fingerprint: 'f' } };
    const refused = await given.desk.refuse(other);
    expect([refused.status, refused.isReplay]).toEqual([422, false]);
    expect(await given.add(0, { idempotency: other.idempotency })).toEqual({ ...refused, isReplay: true });
  });

  test('is refused with another body, running or not', async () => {
    const given = new TestDesk();
    const { asked, go } = heldUp(given);
    const first = given.add(0, keyed);
    await asked;
    const reused = { idempotency: { ...idempotency, fingerprint: 'g' } };
    expect(bodyOf(await given.add(1, reused)).code).toBe('idempotency-key-reused');
    go();
    await first;
    expect(bodyOf(await given.add(1, reused)).code).toBe('idempotency-key-reused');
    expect(given.cart.version).toBe(2);
  });

  test('may be tried again where the answer was not final', async () => {
    const given = new TestDesk();
    await given.add(0);
    expect((await given.add(1, { ...keyed, ifVersion: 99 })).status).toBe(412);
    const gone = await given.write({ type: 'remove-line', lineId: 'lin_none' }, keyed);
    expect([gone.status, gone.isReplay]).toEqual([404, false]);
    expect((await given.add(1, { ...keyed, ifVersion: 2 })).status).toBe(201);
  });

  test('is a new change when the answer has expired, and the old answer is deleted', async () => {
    const given = new TestDesk();
    await given.add(0, keyed);
    const later = now + idempotencyTtlMs;
    const again = await given.add(0, { ...keyed, now: later });
    expect([again.isReplay, quantities(again)]).toEqual([false, [2]]);
    given.storage.dropExpired(later + idempotencyTtlMs);
    expect(given.storage.answer('k')).toBeNull();
  });
});

test('a change whose id was not new after all finds the cart that the object knows', async () => {
  const given = new TestDesk();
  await given.add(0);
  expect(quantities(await given.add(1, { isNew: true }))).toEqual([1, 1]);
});

describe('while a change is priced', () => {
  test('another one waits, and both are in the cart', async () => {
    const given = new TestDesk();
    const { asked, go } = heldUp(given);
    const first = given.add(0);
    await asked;
    const second = given.add(0);
    go();
    expect([quantities(await first), quantities(await second)]).toEqual([[1], [2]]);
    expect(given.storage.commits).toHaveLength(2);
  });

  test('and the next one, and the next: none is lost', async () => {
    const given = new TestDesk();
    const answers = await Promise.all(Array.from({ length: 20 }, () => given.add(0)));
    expect(answers.map((answer) => quantities(answer)[0])).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  test('a checkout freezes the cart: the change is decided anew, and refused', async () => {
    const given = new TestDesk();
    await given.add(0);
    const { asked, go } = heldUp(given);
    const change = given.add(1, keyed);
    await asked;
    given.command(freeze);
    go();
    expect(bodyOf(await change)).toMatchObject({ code: 'cart-frozen', checkoutId: 'chk_1' });
    expect(given.cart.state).toMatchObject({ status: 'frozen', lines: [{ quantity: 1 }] });
  });

  test('a checkout freezes it and gives it back: the answer is of the cart after that', async () => {
    const given = new TestDesk();
    await given.add(0);
    const { asked, go } = heldUp(given);
    const change = given.add(1);
    await asked;
    given.command(freeze);
    given.command(thaw);
    go();
    const answer = await change;
    expect([bodyOf(answer).version, quantities(answer)]).toEqual([5, [1, 1]]);
    expect(given.cart.version).toBe(5);
  });

  test('a version that was named is compared once more', async () => {
    const given = new TestDesk();
    await given.add(0);
    const { asked, go } = heldUp(given);
    const change = given.add(1, { ifVersion: 2 });
    await asked;
    given.command(freeze);
    given.command(thaw);
    go();
    expect(bodyOf(await change)).toMatchObject({ code: 'precondition-failed', version: 4 });
  });

  test('checkouts that never leave the cart alone end it with a defect, and nothing is done', async () => {
    const given = new TestDesk();
    await given.add(0);
    given.pricing.answer = async ({ cart }) => {
      given.command(freeze);
      given.command(thaw);
      return accept({ quote: plainQuote(cart), usedUp: [] });
    };
    await expect(given.add(1, keyed)).rejects.toThrow(/changed 5 times/);
    expect(given.cart.state).toMatchObject({ lines: [{ quantity: 1 }] });
    expect(given.storage.answer('k')).toBeNull();
  });
});

describe('a change of a cart in a checkout', () => {
  /** A cart in a checkout that lets go of it when it is asked. */
  async function frozenCart(answer: LetGo = 'free') {
    const given = new TestDesk();
    await given.add(0);
    given.command(freeze);
    const asked: string[] = [];
    given.letGo = async (checkoutId) => {
      asked.push(checkoutId);
      if (answer === 'free') given.command(thaw);
      return answer;
    };
    return { given, asked };
  }

  test('is done once the checkout has let go of the cart', async () => {
    const { given, asked } = await frozenCart();
    const answer = await given.add(1, keyed);
    expect([answer.status, quantities(answer), bodyOf(answer).status]).toEqual([201, [1, 1], 'active']);
    expect(asked).toEqual(['chk_1']);
    expect(await given.add(1, keyed)).toEqual({ ...answer, isReplay: true });
  });

  test('is done by whoever names the version of the frozen cart, and by nobody who names an older one', async () => {
    const { given, asked } = await frozenCart();
    expect(bodyOf(await given.add(1, { ifVersion: 2 }))).toMatchObject({ code: 'precondition-failed', version: 3 });
    expect(asked).toEqual([]);
    expect((await given.add(1, { ifVersion: 3 })).status).toBe(201);
  });

  test('is not done over a change that came in between', async () => {
    const { given } = await frozenCart();
    const { letGo } = given;
    given.letGo = async (checkoutId) => {
      const answer = await letGo(checkoutId);
      given.command({ type: 'remove-line', lineId: 'lin_0', now });
      return answer;
    };
    expect(bodyOf(await given.add(1, { ifVersion: 3 }))).toMatchObject({ code: 'precondition-failed', version: 5 });
  });

  test('is refused while the checkout keeps the cart', async () => {
    const { given } = await frozenCart('kept');
    expect(bodyOf(await given.add(1))).toMatchObject({ code: 'cart-frozen', checkoutId: 'chk_1' });
    expect(given.cart.version).toBe(3);
  });

  test.each(['busy', 'silent'] as const)('may be tried again with its key while the checkout is %s', async (how) => {
    const { given } = await frozenCart('busy');
    if (how === 'silent') given.letGo = () => Promise.reject(new Error('nobody answers'));
    expect(bodyOf(await given.add(1, keyed))).toMatchObject({ status: 503, code: 'unavailable' });
    expect(given.cart.version).toBe(3);
    given.command(thaw);
    expect((await given.add(1, keyed)).status).toBe(201);
  });

  test('that changes nothing leaves the cart in its checkout, and asks nobody', async () => {
    const { given, asked } = await frozenCart();
    const answer = await given.write({ type: 'change-details', input: { note: null } });
    expect([answer.status, bodyOf(answer).status, asked]).toEqual([200, 'frozen', []]);
    expect(given.cart.version).toBe(3);
  });
});

describe('a change that cannot be priced', () => {
  test('is not done while pricing does not answer, and may be tried again with its key', async () => {
    const given = new TestDesk();
    await given.add(0);
    const { asked, fail } = heldUp(given);
    const change = given.add(1, keyed);
    await asked;
    fail();
    expect(bodyOf(await change)).toMatchObject({ status: 503, code: 'unavailable' });
    expect(given.cart.version).toBe(2);
    expect(given.storage.answer('k')).toBeNull();
    expect(given.reported).toHaveLength(1);
    expect((await given.add(1, keyed)).status).toBe(201);
  });

  test('is not done, and refused for good, where nothing is sold any more', async () => {
    const given = new TestDesk();
    await given.add(0);
    given.pricing.answer = async () => refuse({ code: 'unknown-market', country: 'DE', currency: null, detail: '' });
    const refused = await given.add(1, keyed);
    expect([refused.status, bodyOf(refused).code]).toEqual([422, 'unknown-market']);
    expect(given.cart.version).toBe(2);
    expect(await given.add(1, keyed)).toEqual({ ...refused, isReplay: true });
  });

  test('is done whatever its codes are: each is answered with its reason', async () => {
    const given = new TestDesk();
    given.pricing.answer = async ({ cart }) => {
      const rejectedCodes = [
        { code: 'A', reason: 'expired', until: 0 } as const,
        { code: 'B', reason: 'unknown' } as const,
      ];
      return accept({ quote: { ...plainQuote(cart), rejectedCodes }, usedUp: [] });
    };
    const shown = bodyOf(
      await given.write({ type: 'change-details', input: { note: 'n', discountCodes: ['A', 'B'] } }),
    );
    expect(shown).toMatchObject({ note: 'n', discountCodes: ['A', 'B'] });
    expect(shown.rejectedCodes).toMatchObject([
      { code: 'A', applicable: false, reason: 'expired', detail: expect.stringContaining('1970') },
      { code: 'B', applicable: false, reason: 'unknown', detail: 'There is no such code. Look how it is spelled.' },
    ]);
  });

  test('is done whatever its gift cards are: each is answered with its reason, and each guess is counted', async () => {
    const given = new TestDesk();
    given.pricing.cards = [
      usableCard('GOOD-1', 'OOD1'),
      { status: 'disabled', code: 'BLOCKED', cardId: 'gft_2', last4: 'CKED' },
    ];
    const giftCards = ['WRONG-1', 'GOOD-1', 'BLOCKED', 'WRONG-2'];
    const input = { note: 'n', giftCards, useStoreCredit: true };
    const answer = await given.write({ type: 'change-details', input }, keyed);
    const shown = bodyOf(answer);
    expect(shown).toMatchObject({ note: 'n', giftCards: [{ id: 'gft_1' }], useStoreCredit: false });
    expect(shown.rejectedGiftCards).toMatchObject([
      { id: null, last4: 'ONG1', applicable: false, reason: 'unknown', detail: expect.stringContaining('spelled') },
      { id: null, last4: 'CKED', applicable: false, reason: 'disabled', detail: 'The gift card was blocked.' },
      { id: null, last4: 'ONG2', applicable: false, reason: 'unknown' },
    ]);
    expect(shown.rejectedStoreCredit).toMatchObject({ applicable: false, reason: 'customer-needed' });
    expect(answer.wrongCodes).toBe(2);
    expect(JSON.stringify([...given.storage.commits, answer])).not.toMatch(/WRONG|GOOD-|BLOCKED/);
    // Said again as long as they stand, guessed only once.
    const again = await given.write({ type: 'change-details', input: { note: 'o' } });
    expect(bodyOf(again).rejectedGiftCards).toEqual(shown.rejectedGiftCards);
    expect(again).not.toHaveProperty('wrongCodes');
    const replayed = await given.write({ type: 'change-details', input }, keyed);
    expect([replayed.body, replayed.isReplay, replayed.wrongCodes]).toEqual([answer.body, true, undefined]);
    expect(bodyOf(await given.write({ type: 'change-details', input: { giftCards: [] } })).rejectedGiftCards).toEqual(
      [],
    );
  });

  test('names a card of the cart that can pay nothing any more, and store credit that is spent', async () => {
    const given = new TestDesk();
    given.pricing.cards = [usableCard('GOOD', 'GOOD')];
    const unusableBalances = [
      { key: 'gift:gft_1', reason: 'expired' } as const,
      { key: 'credit:cus_1:EUR', reason: 'spent' } as const,
    ];
    given.pricing.answer = async ({ cart }) => accept({ quote: plainQuote(cart), usedUp: [], unusableBalances });
    const answer = await given.write({ type: 'change-details', input: { giftCards: ['GOOD'] } }, keyed);
    expect(bodyOf(answer)).toMatchObject({
      giftCards: [{ id: 'gft_1' }],
      rejectedGiftCards: [{ id: 'gft_1', last4: 'GOOD', applicable: false, reason: 'expired' }],
      rejectedStoreCredit: { reason: 'spent' },
    });
    given.restart();
    given.pricing.answer = () => Promise.reject(new Error('a replay asks nobody'));
    expect((await given.write({ type: 'change-details', input: { giftCards: ['GOOD'] } }, keyed)).body).toBe(
      answer.body,
    );
  });

  test('asks pricing once, about the cart as it will be', async () => {
    const given = new TestDesk();
    const input = { discountCodes: ['A'], email: 'ann@example.org', vatId: 'DE1', shippingOptionId: 'shp_1' };
    await given.write({ type: 'change-details', input });
    expect(given.pricing.asked).toMatchObject([
      {
        cart: { codes: ['A'], shippingOptionId: 'shp_1', buyer: { email: 'ann@example.org', vatId: 'DE1' } },
        seenAt: null,
        isOptionWanted: true,
      },
    ]);
  });
});

describe('a promotion that is used up', () => {
  const usedUp = ['promo:pro_1'];
  const withoutIt = (given: TestDesk) => {
    given.pricing.answer = async ({ cart }) => accept({ quote: plainQuote(cart), usedUp });
  };

  test('is written down in the commit of the change whose answer is without it', async () => {
    const given = new TestDesk();
    withoutIt(given);
    const answer = await given.add(0);
    expect(given.storage.commits).toHaveLength(1);
    expect(given.cart).toMatchObject({ version: 3, state: { usedUp } });
    expect(bodyOf(answer).version).toBe(3);
    expect(await given.show()).toMatchObject({ shown: { cartId, version: 3 } });
  });

  test('is written down when the shopper looks, but not over a change that came in between', async () => {
    const given = new TestDesk();
    await given.add(0);
    withoutIt(given);
    const { asked, go } = heldUp(given);
    const looking = given.show();
    await asked;
    given.command(freeze);
    go();
    expect(bodyOf(await looking).version).toBe(2);
    given.command(thaw);
    expect(bodyOf(await given.show()).version).toBe(5);
  });

  test('is not written into a cart that is being bought', async () => {
    const given = new TestDesk();
    await given.add(0);
    given.command(freeze);
    withoutIt(given);
    expect(bodyOf(await given.show())).toMatchObject({ version: 3, status: 'frozen' });
    expect(given.pricing.asked.at(-1)).toMatchObject({ seenAt: now, needsGiftOffers: false });
  });
});
