/**
 * A shop for tests of operations on orders: a bank and a stockroom that keep books under the keys they are given, as the real
 * ones do, and that lose questions or answers when a test says so. They throw when they are asked for the impossible.
 */
import type { VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';
import type { LocatedQuantity } from '../../../shared/contracts/inventory/api.ts';
import type { RefundsApi } from '../../../shared/contracts/payments/api.ts';
import type { PaymentDispute } from '../../../shared/contracts/payments/disputes.ts';
import type { VoidedUnits } from '../../../shared/contracts/pricing/allowances.ts';
import { type Quoting, quotingBy } from '../../../shared/testing/pricing.ts';
import { sumOf } from '../../../shared/values/money.ts';
import { accept, assert, refuse } from '../../../shared/values/result.ts';
import type { OperationNeighbors } from '../service/neighbors.ts';

/** What becomes of a call: `lost` never arrives, `mute` is done and its answer is lost. */
export type Luck = 'fine' | 'lost' | 'mute';

const home = 'loc_home';

export class TestShop implements OperationNeighbors {
  /** The calls that were done, by name. */
  readonly asked: string[] = [];
  /** What becomes of the next calls; all later ones are fine. */
  luck: Luck[] = [];
  readonly variants: readonly VariantSnapshot[];
  readonly #quote: Quoting;
  // The stockroom.
  readonly free = new Map<string, number>();
  readonly held = new Map<string, readonly { stockUnitId: string; quantity: number }[]>();
  readonly committed = new Map<string, Map<string, number>>();
  readonly shipments = new Map<string, { key: string; items: readonly LocatedQuantity[]; isBack: boolean }>();
  readonly barred = new Set<string>();
  readonly #done = new Set<string>();
  // The bank.
  authorizedMinor = 0;
  isVoided = false;
  readonly captures = new Map<string, number>();
  readonly refunds = new Map<string, number>();
  /** Locations that have nothing on hand. */
  readonly emptyPlaces = new Set<string>();
  /** Whether the merchant ships what is paid so before its money is there. */
  isShippedUnpaid = false;
  captureDeclined: string | null = null;
  /** What a decline says could be taken; null: it does not say. */
  captureMaxMinor: number | null = null;
  /** What was done at the bank by other hands: refunds, disputes, and refunds of ours that failed after all. */
  refundedByHandMinor = 0;
  readonly disputes: PaymentDispute[] = [];
  readonly failedRefunds = new Set<string>();
  isLedgerSilent = false;
  refundAnswer: 'refunded' | 'pending' | 'declined' = 'refunded';
  knownLocations = new Set([home]);
  /** What was received by hand, by payment key, and given back of it, by refund key. */
  readonly received = new Map<string, number>();
  readonly repaid = new Map<string, { readonly paymentKey: string; readonly amountMinor: number }>();
  // The cards.
  /** What was spent of the cards that were sold, by line; and which units' cards were taken back, by key. */
  readonly spentMinor = new Map<string, number>();
  readonly voided = new Map<string, readonly VoidedUnits[]>();
  readonly credits = new Map<string, { readonly card: string; readonly amountMinor: number }>();
  readonly givenBack = new Set<string>();
  isCardFull = false;

  constructor(variants: readonly VariantSnapshot[], quote: Quoting) {
    this.variants = variants;
    this.#quote = quote;
  }

  get capturedMinor(): number {
    return sumOf([...this.captures.values()]);
  }

  get refundedMinor(): number {
    const made = [...this.refunds].filter(([key]) => !this.failedRefunds.has(key));
    return this.refundedByHandMinor + sumOf(made.map(([, amountMinor]) => amountMinor));
  }

  get chargedBackMinor(): number {
    const charged = this.disputes.filter(({ funds }) => funds === 'withdrawn');
    return sumOf(charged.map(({ amountMinor }) => amountMinor));
  }

  /** A dispute begins, with its money withdrawn unless a test says otherwise. */
  dispute(amountMinor: number, facts: Partial<PaymentDispute> = {}): void {
    const ref = `dp_${this.disputes.length + 1}`;
    const begun = { ref, status: 'open', amountMinor, funds: 'withdrawn' } as const;
    this.disputes.push({ ...begun, ...facts });
  }

  /** What becomes of the disputes that are not over. */
  turnDisputes(facts: Partial<PaymentDispute>): void {
    for (const [index, dispute] of this.disputes.entries())
      if (dispute.funds !== 'reinstated') this.disputes[index] = { ...dispute, ...facts };
  }

  repaidMinorOf(paymentKey: string): number {
    const repaid = [...this.repaid.values()].filter((one) => one.paymentKey === paymentKey);
    return sumOf(repaid.map(({ amountMinor }) => amountMinor));
  }

  creditedMinorOf(card: string): number {
    const credits = [...this.credits.values()].filter((one) => one.card === card);
    return sumOf(credits.map(({ amountMinor }) => amountMinor));
  }

  committedOf(key: string, stockUnitId: string): number {
    return this.committed.get(key)?.get(stockUnitId) ?? 0;
  }

  async #call<Answer>(name: string, serve: () => Answer): Promise<Answer> {
    const luck = this.luck.shift() ?? 'fine';
    await Promise.resolve();
    if (luck === 'lost') throw new Error(`${name} never arrived`);
    this.asked.push(name);
    const answer = serve();
    if (luck === 'mute') throw new Error(`the answer of ${name} was lost`);
    return answer;
  }

  #commit(key: string, stockUnitId: string, delta: number): void {
    const units = this.committed.get(key) ?? new Map<string, number>();
    const after = (units.get(stockUnitId) ?? 0) + delta;
    assert(after >= 0, 'no more is taken than is committed');
    this.committed.set(key, units.set(stockUnitId, after));
  }

  #give(stockUnitId: string, delta: number): void {
    const after = (this.free.get(stockUnitId) ?? 0) + delta;
    assert(after >= 0, 'nothing is oversold');
    this.free.set(stockUnitId, after);
  }

  /** Whether a key is met for the first time. */
  #isNew(key: string): boolean {
    const isNew = !this.#done.has(key);
    this.#done.add(key);
    return isNew;
  }

  get catalog(): OperationNeighbors['catalog'] {
    return {
      variants: (request) =>
        this.#call('variants', () =>
          this.variants.filter(({ variantId, sku }) =>
            'skus' in request ? request.skus.includes(sku) : request.variantIds.includes(variantId),
          ),
        ),
    };
  }

  get pricing(): OperationNeighbors['pricing'] {
    return { ...quotingBy(this.#quote), shipsUnpaid: () => this.#call('ships-unpaid', () => this.isShippedUnpaid) };
  }

  get inventory(): OperationNeighbors['inventory'] {
    return {
      hold: ({ key, needs }) =>
        this.#call('hold', () => {
          const isKnown = this.held.has(key) || this.committed.has(key);
          if (this.barred.has(key))
            return refuse({ code: 'hold-closed', stockUnitId: needs[0]?.stockUnitId ?? '', state: 'barred' } as const);
          const short = needs.find(({ stockUnitId, quantity }) => (this.free.get(stockUnitId) ?? 0) < quantity);
          if (isKnown) return accept(null);
          if (short !== undefined) {
            const { stockUnitId, quantity: requested } = short;
            const available = this.free.get(stockUnitId) ?? 0;
            return refuse({ code: 'insufficient-stock', stockUnitId, requested, available } as const);
          }
          for (const { stockUnitId, quantity } of needs) this.#give(stockUnitId, -quantity);
          this.held.set(key, needs);
          return accept(null);
        }),
      commitHolds: ({ key }) =>
        this.#call('commit', () => {
          const needs = this.held.get(key);
          if (needs === undefined) {
            if (this.committed.has(key)) return accept(null);
            return refuse({ code: 'hold-closed', stockUnitId: '', state: 'absent' } as const);
          }
          this.held.delete(key);
          for (const { stockUnitId, quantity } of needs) this.#commit(key, stockUnitId, quantity);
          return accept(null);
        }),
      undoHolds: ({ key }) =>
        this.#call('undo-holds', () => {
          this.barred.add(key);
          for (const { stockUnitId, quantity } of this.held.get(key) ?? []) this.#give(stockUnitId, quantity);
          this.held.delete(key);
          for (const [stockUnitId, quantity] of this.committed.get(key) ?? []) this.#give(stockUnitId, quantity);
          this.committed.delete(key);
        }),
      missingLocation: async (ids) => ids.find((id) => !this.knownLocations.has(id)) ?? null,
      allocations: ({ key, stockUnitIds }) =>
        this.#call('allocations', () =>
          stockUnitIds.map((stockUnitId) => ({
            stockUnitId,
            locationId: home,
            quantity: this.committedOf(key, stockUnitId),
          })),
        ),
      ship: ({ key, fulfillmentKey, items }) =>
        this.#call('ship', () => {
          const known = this.shipments.get(fulfillmentKey);
          const [first] = items;
          if (known?.isBack === true)
            return refuse({ code: 'movement-closed', stockUnitId: first?.stockUnitId ?? '', state: 'back' } as const);
          if (known !== undefined) return accept(null);
          const unknown = items.find(({ locationId }) => !this.knownLocations.has(locationId));
          if (unknown !== undefined)
            return refuse({ code: 'unknown-location', locationId: unknown.locationId } as const);
          const short = items.find(({ locationId }) => this.emptyPlaces.has(locationId));
          if (short !== undefined)
            return refuse({ ...short, code: 'insufficient-stock', requested: short.quantity, available: 0 } as const);
          for (const { stockUnitId, quantity } of items) this.#commit(key, stockUnitId, -quantity);
          this.shipments.set(fulfillmentKey, { key, items, isBack: false });
          return accept(null);
        }),
      unship: ({ key, fulfillmentKey }) =>
        this.#call('unship', () => {
          const known = this.shipments.get(fulfillmentKey);
          if (known !== undefined && !known.isBack)
            for (const { stockUnitId, quantity } of known.items) this.#commit(key, stockUnitId, quantity);
          this.shipments.set(fulfillmentKey, { key, items: known?.items ?? [], isBack: true });
          return accept(null);
        }),
      releaseCommitted: ({ key, releaseKey, items }) =>
        this.#call('release', () => {
          if (!this.#isNew(releaseKey)) return accept(null);
          for (const { stockUnitId, quantity } of items) {
            this.#commit(key, stockUnitId, -quantity);
            this.#give(stockUnitId, quantity);
          }
          return accept(null);
        }),
      restock: ({ restockKey, items }) =>
        this.#call('restock', () => {
          const unknown = items.find(({ locationId }) => !this.knownLocations.has(locationId));
          if (unknown !== undefined)
            return refuse({ code: 'unknown-location', locationId: unknown.locationId } as const);
          if (!this.#isNew(restockKey)) return accept(null);
          for (const { stockUnitId, quantity, condition } of items)
            if (condition === 'sellable') this.#give(stockUnitId, quantity);
          return accept(null);
        }),
    };
  }

  get payments(): OperationNeighbors['payments'] {
    return {
      capture: ({ paymentKey, provider, captureKey = '', amountMinor }) =>
        this.#call(provider === 'manual' ? 'collect' : 'capture', () => {
          if (provider === 'manual') {
            const knownMinor = this.received.get(paymentKey) ?? amountMinor;
            this.received.set(paymentKey, knownMinor);
            return { status: 'captured', amountMinor: knownMinor } as const;
          }
          const known = this.captures.get(captureKey);
          if (known !== undefined) return { status: 'captured', amountMinor: known } as const;
          if (this.captureDeclined !== null) {
            const max = this.captureMaxMinor === null ? {} : { maxMinor: this.captureMaxMinor };
            return { status: 'declined', reason: this.captureDeclined, ...max } as const;
          }
          assert(!this.isVoided, 'nothing is captured after a void');
          assert(this.capturedMinor + amountMinor <= this.authorizedMinor, 'no more is captured than authorized');
          this.captures.set(captureKey, amountMinor);
          return { status: 'captured', amountMinor } as const;
        }),
      refund: ({ paymentKey, provider, refundKey, amountMinor }) =>
        this.#call(provider === 'manual' ? 'repay' : 'refund', () => {
          if (provider === 'manual') {
            this.repaid.set(`${paymentKey}/${refundKey}`, { paymentKey, amountMinor });
            const refundedMinor = this.repaidMinorOf(paymentKey);
            assert(refundedMinor <= (this.received.get(paymentKey) ?? 0), 'no more is repaid than was received');
            return { status: 'refunded', amountMinor, refundedMinor } as const;
          }
          const maxMinor = this.capturedMinor - this.refundedMinor - this.chargedBackMinor;
          if (this.failedRefunds.has(refundKey))
            return { status: 'declined', reason: 'refund-failed', maxMinor } as const;
          const isKnown = this.refunds.has(refundKey);
          if (this.refundAnswer === 'declined' && !isKnown)
            return { status: 'declined', reason: 'The card is closed.', maxMinor } as const;
          assert(isKnown || amountMinor <= maxMinor, 'no more is refunded than was captured');
          this.refunds.set(refundKey, amountMinor);
          return this.refundAnswer === 'pending'
            ? ({ status: 'pending' } as const)
            : ({ status: 'refunded', amountMinor, refundedMinor: this.refundedMinor } as const);
        }),
      letGo: () =>
        this.#call('let-go', () => {
          this.isVoided = true;
          return { status: 'released' } as const;
        }),
      void: () =>
        this.#call('void', () => {
          this.isVoided = true;
          return { status: 'voided' } as const;
        }),
    };
  }

  /** Ours under their keys, and one by hand. */
  #refundsAtBank() {
    const made = [...this.refunds].filter(([key]) => !this.failedRefunds.has(key));
    const byHand: [string, number][] = this.refundedByHandMinor === 0 ? [] : [['re_hand', this.refundedByHandMinor]];
    return [...made, ...byHand].map(([ref, amountMinor]) => ({ ref, amountMinor, at: 1_800_000_500_000 }));
  }

  get ledger(): Pick<RefundsApi, 'balances'> {
    return {
      balances: async () => {
        if (this.isLedgerSilent) throw new Error('the ledger does not answer');
        const { capturedMinor, refundedMinor, chargedBackMinor } = this;
        return {
          ...{ currency: 'EUR', capturedMinor, refundedMinor, chargedBackMinor, lostMinor: 0, voidedMinor: 0 },
          disputes: this.disputes.map((dispute) => ({ ...dispute })),
          refunds: this.#refundsAtBank(),
          openAuthorizationMinor: this.isVoided ? 0 : this.authorizedMinor - capturedMinor,
          heldMinor: capturedMinor - refundedMinor - chargedBackMinor,
          pendingMinor: { authorize: 0, capture: 0, refund: 0, void: 0 },
        };
      },
    };
  }

  get allowances(): OperationNeighbors['allowances'] {
    const credit = (card: string, creditKey: string, amountMinor: number) =>
      this.#call('credit', () => {
        if (this.isCardFull) return refuse({ code: 'balance-too-large' } as const);
        const known = this.credits.get(creditKey);
        if (known !== undefined && (known.card !== card || known.amountMinor !== amountMinor))
          return refuse({ code: 'credit-key-conflict' } as const);
        this.credits.set(creditKey, { card, amountMinor });
        return accept({ balanceMinor: this.creditedMinorOf(card) });
      });
    return {
      creditGiftCard: ({ cardId, creditKey, amountMinor }) => credit(`gift:${cardId}`, creditKey, amountMinor),
      creditStoreCredit: ({ customerId, currency, creditKey, amountMinor }) =>
        credit(`credit:${customerId}:${currency}`, creditKey, amountMinor),
      voidSoldCards: ({ voidKey, units }) =>
        this.#call('void-cards', () => {
          for (const { lineId, quantity, unitPrice, backMinor } of units) {
            const maxMinor = quantity * unitPrice.amount - (this.spentMinor.get(lineId) ?? 0);
            if (maxMinor < backMinor) return refuse({ code: 'gift-card-spent', lineId, maxMinor } as const);
          }
          this.voided.set(voidKey, units);
          return accept(null);
        }),
      restoreSoldCards: ({ voidKey }) => this.#call('restore-cards', () => void this.voided.delete(voidKey)),
      releaseAllowances: ({ key, allowances }) =>
        this.#call('give-back', () => {
          for (const allowance of allowances) this.givenBack.add(`${key} ${allowance}`);
        }),
    };
  }
}
