/**
 * What a promotion is: a kind with its amounts, and the conditions under which it acts. Each takes a discount off the listed
 * price of what earlier promotions left, and never takes an entry below zero.
 */

/** All must hold when the turn of the promotion comes; null asks for nothing. */
export interface Conditions {
  readonly code: string | null;
  /** Of the lines, after earlier discounts. */
  readonly minSubtotalMinor: number | null;
  /** Of any one line. */
  readonly minLineQuantity: number | null;
  readonly containsKey: string | null;
}

/** The lines that a promotion is about: null narrows nothing down. */
export interface Choice {
  readonly keys: readonly string[] | null;
  readonly tag: string | null;
}

export type Scope = 'lines' | 'lines+shipping';

export interface BuyXGetY {
  readonly kind: 'buyXGetY';
  readonly buy: { readonly keys: readonly string[] | null; readonly quantity: number };
  readonly get: { readonly keys: readonly string[] | null; readonly quantity: number; readonly rate: string };
  readonly maxSets: number | null;
}

/** What a step of a tiered promotion takes off. */
export type StepCut = { readonly rate: string } | { readonly amountMinor: number };

/** The highest step that the subtotal reaches when its turn comes. */
export interface TieredOffOrder {
  readonly kind: 'tieredOffOrder';
  readonly steps: readonly ({ readonly fromMinor: number } & StepCut)[];
}

/** So many units of one line. */
export interface UnitsOf {
  readonly key: string;
  readonly quantity: number;
}

/** What a promotion takes off. `maxQuantity` bounds the units of each line, null means all of them. */
export type Offer =
  | { readonly kind: 'percentOffOrder'; readonly rate: string; readonly scope: Scope }
  | { readonly kind: 'fixedOffOrder'; readonly amountMinor: number; readonly scope: Scope }
  | { readonly kind: 'orderFixedPrice'; readonly amountMinor: number }
  | ({ readonly kind: 'percentOffItems'; readonly rate: string; readonly maxQuantity: number | null } & Choice)
  | ({ readonly kind: 'fixedOffItemsEach'; readonly amountMinor: number; readonly maxQuantity: number | null } & Choice)
  | ({ readonly kind: 'fixedOffItemsAcross'; readonly amountMinor: number } & Choice)
  | BuyXGetY
  | TieredOffOrder
  /** `lacking`: how many more units it would make free if the cart had them. */
  | { readonly kind: 'freeUnits'; readonly units: readonly UnitsOf[]; readonly lacking: number }
  | { readonly kind: 'freeShipping' }
  | { readonly kind: 'fixedOffShipping'; readonly amountMinor: number }
  | { readonly kind: 'percentOffShipping'; readonly rate: string };

export type Promotion = {
  readonly key: string;
  readonly conditions: Conditions;
  /** Applies alone: it waits for nothing to have acted before it, and bars what comes after. Absent: it does not. */
  readonly isExclusive?: boolean;
} & Offer;
