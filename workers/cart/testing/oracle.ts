/** A cart as simply as it can be told: a list of quantities with a status. Property tests compare the real rules with it. */

import type { CartDetails, CartLine, DiscountByHand } from '../../../shared/contracts/cart/api.ts';
import type { VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';
import type { Verdict } from '../../../shared/testing/hold-model.ts';
import type { Customer } from '../../../shared/values/customer.ts';
import { noSuch } from '../../../shared/values/result.ts';
import type { Cart } from '../domain/cart.ts';
import type { CartCommand } from '../domain/decide.ts';

export interface OracleLine {
  readonly variantId: string;
  /** The attributes, written in one order. */
  readonly wish: string;
  readonly lineId: string;
  readonly quantity: number;
  readonly priceMinor: number;
}

const currency = 'EUR';

export function priceOf(variant: VariantSnapshot): number | undefined {
  return variant.prices.find((price) => price.currency === currency)?.amountMinor;
}

function wishOf(attributes: Readonly<Record<string, string>>): string {
  return Object.keys(attributes)
    .sort()
    .map((name) => `${name}=${attributes[name]}`)
    .join('&');
}

/** What the model compares: the lines of a cart in their order. */
export function linesOf(cart: Cart): OracleLine[] {
  if (cart.status === 'empty') return [];
  return cart.lines.map(({ lineId, quantity, variant, attributes }) => ({
    variantId: variant.variantId,
    wish: wishOf(attributes),
    lineId,
    quantity,
    priceMinor: priceOf(variant) ?? Number.NaN,
  }));
}

export class CartOracle {
  status: Cart['status'] = 'empty';
  checkoutId = '';
  until = 0;
  lines: OracleLine[] = [];
  details = new Map<string, string>();

  /** Answers the refusal that is due, or null after it has changed itself. `version` is the cart's before the command. */
  apply(command: CartCommand, version: number): Verdict {
    let present = version;
    if (this.status === 'frozen' && this.until <= command.now && command.type !== 'complete') {
      this.status = 'active';
      present += 1;
    }
    switch (command.type) {
      case 'freeze':
        return this.#freeze(command, present);
      case 'thaw':
        if (this.status === 'frozen' && this.checkoutId === command.checkoutId) this.status = 'active';
        return null;
      case 'complete':
        if (this.status === 'empty' || this.status === 'completed') return null;
        this.status = 'completed';
        this.checkoutId = command.checkoutId;
        return null;
      case 'reprice':
        if (this.status === 'active') for (const variant of command.variants) this.#price(variant);
        return null;
      default:
        return this.#barred() ?? this.#change(command);
    }
  }

  #barred(): Verdict {
    const isBarred = this.status === 'frozen' || this.status === 'completed';
    return isBarred ? { code: `cart-${this.status}`, checkoutId: this.checkoutId } : null;
  }

  #freeze(command: Extract<CartCommand, { type: 'freeze' }>, version: number): Verdict {
    if (this.status === 'empty') return noSuch('cart');
    if (this.status === 'frozen' && this.checkoutId === command.checkoutId) return null;
    const barred = this.#barred();
    if (barred !== null) return barred;
    if (command.version !== version) return { code: 'cart-changed', version };
    this.status = 'frozen';
    this.checkoutId = command.checkoutId;
    this.until = command.until;
    return null;
  }

  #change(
    command: Extract<
      CartCommand,
      { type: 'add-lines' | 'change-details' | 'set-customer' | 'set-discount' | 'change-line' | 'remove-line' }
    >,
  ): Verdict {
    switch (command.type) {
      case 'add-lines':
      case 'change-details':
      case 'set-customer':
      case 'set-discount': {
        if (this.status === 'empty' && command.emptyUntil <= command.now) return noSuch('cart');
        if (command.type === 'add-lines') return this.#add(command.lines);
        if (command.type === 'set-discount') return this.#discount(command);
        return this.#set(command.type === 'set-customer' ? { customer: command.customer } : command.details);
      }
      case 'change-line':
      case 'remove-line': {
        const found = this.lines.find(({ lineId }) => lineId === command.lineId);
        if (found === undefined) return noSuch(this.status === 'empty' ? 'cart' : 'line in the cart');
        this.lines = this.lines.flatMap((line) => {
          if (line !== found) return [line];
          return command.type === 'remove-line' ? [] : [{ ...line, quantity: command.quantity ?? line.quantity }];
        });
        return null;
      }
    }
  }

  #add(additions: readonly CartLine[]): Verdict {
    const lines = [...this.lines];
    for (const { lineId, variant, quantity, attributes } of additions) {
      const { variantId, sku } = variant;
      const priceMinor = priceOf(variant);
      if (!variant.isSold) return { code: 'variant-unavailable', variantId, sku };
      if (priceMinor === undefined) {
        const detail = `${sku} has no price in ${currency}.`;
        return { code: 'currency-not-sold', detail, variantId, sku, currency };
      }
      const wish = wishOf(attributes);
      const at = lines.findIndex((line) => line.variantId === variantId && line.wish === wish);
      const sum = quantity + (lines[at]?.quantity ?? 0);
      if (sum > 999) return { code: 'quantity-too-large', variantId, quantity: sum, max: 999 };
      if (at < 0 && lines.length === 200) return { code: 'too-many-lines', max: 200 };
      const line = { variantId, wish, lineId: lines[at]?.lineId ?? lineId, quantity: sum, priceMinor };
      if (at < 0) lines.push(line);
      else lines[at] = line;
    }
    this.lines = lines;
    this.status = 'active';
    return null;
  }

  #discount({ discount, currencies }: Extract<CartCommand, { type: 'set-discount' }>): Verdict {
    if (currencies.some((one) => one !== currency))
      return { code: 'wrong-currency', detail: `The cart is in ${currency}.`, currency };
    return this.#set({ discount: discount === null ? null : { ...discount, actor: '', at: 0 } });
  }

  #set(details: Partial<CartDetails & { customer: Customer | null; discount: DiscountByHand | null }>): Verdict {
    for (const [name, value] of Object.entries(details)) {
      const text = JSON.stringify(value);
      if ((this.details.get(name) ?? 'null') === text) continue;
      this.details.set(name, text);
      this.status = 'active';
    }
    return null;
  }

  #price(variant: VariantSnapshot): void {
    const priceMinor = priceOf(variant) ?? Number.NaN;
    this.lines = this.lines.map((line) => (line.variantId === variant.variantId ? { ...line, priceMinor } : line));
  }
}
