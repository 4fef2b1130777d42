/** Watches every change of stock and allowances, and every movement at the provider, while a run goes on. */

import type { Holds } from '../../shared/holds/holds.ts';
import { type Stock, totalShortfallOf, totalsOf, type UnitCommand } from '../../workers/inventory/domain/decide.ts';
import type { Allowance } from '../../workers/pricing/domain/allowance/allowance.ts';
import { availableOf } from '../../workers/pricing/domain/allowance/allowance.ts';
import type { BankMovement } from './bank.ts';
import type { ShopWatcher } from './plants.ts';

export class Watch implements ShopWatcher {
  readonly violations: string[] = [];
  readonly #authorizedMinor = new Map<string, number>();
  readonly #capturedMinor = new Map<string, number>();
  readonly #shortfalls = new Map<string, number>();
  /** Of each order, the payments that are authorized, and those of which something was taken. */
  readonly #holding = new Map<string, Set<string>>();
  readonly #givenBack = new Set<string>();
  readonly #givenBackOf = new Map<string, Set<string>>();

  onGivenBack = (key: string): void => void this.#givenBack.add(key);

  onAllowanceGivenBack = (name: string, key: string): void => {
    this.#givenBackOf.set(name, (this.#givenBackOf.get(name) ?? new Set()).add(key));
  };

  onStock = (unitId: string, stock: Stock, { type }: UnitCommand): void => {
    const { held } = totalsOf(stock);
    const shortfall = totalShortfallOf(stock);
    const more = shortfall - (this.#shortfalls.get(unitId) ?? 0);
    // Only a count may find less than is promised.
    if (more > 0 && type !== 'adjust') this.violations.push(`I6 ${unitId} is oversold by ${more}`);
    this.#shortfalls.set(unitId, shortfall);
    this.#watchHolds(unitId, stock.holds, held, this.#givenBack);
    for (const { onHand, committed } of Object.values(stock.levels))
      if (onHand < 0 || committed < 0) this.violations.push(`I6 ${unitId} has negative levels`);
  };

  onAllowance = (name: string, allowance: Allowance): void => {
    const available = availableOf(allowance) ?? 0;
    if (available < 0) this.violations.push(`A1 ${name} is spent past its limit by ${-available}`);
    this.#watchHolds(name, allowance.holds, allowance.held, this.#givenBackOf.get(name));
  };

  #watchHolds(name: string, holds: Holds, held: number, givenBack: ReadonlySet<string> = new Set()): void {
    let open = 0;
    for (const [key, hold] of holds.open) {
      open += hold.quantity;
      if (givenBack.has(key)) this.violations.push(`I3 ${name} holds for ${key}, which gave everything back`);
    }
    if (open !== held) this.violations.push(`I6 ${name} holds ${held}, its open holds are ${open}`);
  }

  onMovement = ({ kind, orderId, intentId, amountMinor }: BankMovement): void => {
    const holding = this.#holding.get(orderId) ?? new Set();
    this.#holding.set(orderId, holding);
    if (kind === 'authorized' || kind === 'captured') holding.add(intentId);
    if (kind === 'canceled') holding.delete(intentId);
    if (holding.size > 1) this.violations.push(`I1 ${orderId} has ${holding.size} payments at once`);
    const authorizedMinor = this.#authorizedMinor.get(orderId) ?? 0;
    if (kind === 'authorized') this.#authorizedMinor.set(orderId, Math.max(authorizedMinor, amountMinor));
    if (kind !== 'captured') return;
    const capturedMinor = (this.#capturedMinor.get(orderId) ?? 0) + amountMinor;
    this.#capturedMinor.set(orderId, capturedMinor);
    if (capturedMinor > authorizedMinor) this.violations.push(`I1 ${orderId} is captured beyond one authorization`);
  };
}
