/**
 * What a promotion is: a kind with its amounts, and the conditions under which it acts. Each takes a discount off the listed
 * price of what earlier promotions left, and never takes an entry below zero.
 */

/** All must hold when the turn of the promotion comes; null asks for nothing. */
export interface Conditions {
  readonly code: string | null;
  /** Of the lines, after earlier discounts. */
  readonly minSubtotalMinor: number | null;
  /** Of some of the lines, in the same way. */
  readonly minimums?: readonly Minimum[];
  /** Of any one line. */
  readonly minLineQuantity: number | null;
  readonly containsKey: string | null;
}

/** What these lines must come to together. Null means every line. */
export interface Minimum {
  readonly keys: readonly string[] | null;
  readonly minMinor: number;
  /** Whether its lines are those that the merchant has chosen for it. */
  readonly isOfItems?: true;
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
  /** Lines that neither count nor are reduced are absent. Absent or null: every line. */
  readonly keys?: readonly string[] | null;
  readonly steps: readonly ({ readonly fromMinor: number } & StepCut)[];
}

/** So many units of one line. */
export interface UnitsOf {
  readonly key: string;
  readonly quantity: number;
}

/** How many units are reduced over all chosen lines, and which come first: by what they are listed at. */
export interface UnitsOfOrder {
  readonly max: number;
  readonly first: 'cheapest' | 'dearest';
}

/** Null means all units. */
interface UnitLimits {
  /** Of each line. */
  readonly maxQuantity: number | null;
  /** Of all lines together. Absent: all. */
  readonly ofOrder?: UnitsOfOrder | null;
}

/** The lines of an order that are reduced. Absent or null: every line. */
interface OfLines {
  readonly keys?: readonly string[] | null;
}

/** What a promotion takes off. */
export type Offer =
  | ({ readonly kind: 'percentOffOrder'; readonly rate: string; readonly scope: Scope } & OfLines)
  | ({ readonly kind: 'fixedOffOrder'; readonly amountMinor: number; readonly scope: Scope } & OfLines)
  | ({ readonly kind: 'orderFixedPrice'; readonly amountMinor: number } & OfLines)
  | ({ readonly kind: 'percentOffItems'; readonly rate: string } & UnitLimits & Choice)
  | ({ readonly kind: 'fixedOffItemsEach'; readonly amountMinor: number } & UnitLimits & Choice)
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
  /** A merchant has given it to this very cart: it acts also after what applies alone. Absent: it is a promotion of the shop. */
  readonly isByHand?: true;
  /** It takes at most so much off in all. Absent: whatever it comes to. */
  readonly maxAmountMinor?: number;
} & Offer;
