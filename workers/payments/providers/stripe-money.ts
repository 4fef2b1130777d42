/**
 * What Stripe, or the sandbox, does with a payment after its authorization: captures in parts and refunds, each carried out
 * once under our key, and the whole story of a payment when it is asked for. Refunds carry our key with them, so one whose
 * answer was lost is found again by it.
 */
import * as z from 'zod';
import { ownRefs, type Payment } from '../domain/payment.ts';
import { restate } from '../domain/reports.ts';
import type { CaptureOrder, Observation, ProviderAnswer, RefundOrder } from './provider.ts';
import type { StripeAccount } from './stripe-client.ts';
import { attempt, attemptOf, type StripeFailure } from './stripe-client.ts';
import { paymentKeyOf, reportOfIntent, type StripeIntent } from './stripe-intent.ts';
import { movementsOfDispute, movementsOfRefund, StripeDispute, StripeRefund } from './stripe-movements.ts';

const pageSize = 100;
/** A payment with more refunds than this is no shop's: it is reported, not followed. */
const pagesMax = 10;

export async function capturePart(account: StripeAccount, order: CaptureOrder): Promise<ProviderAnswer> {
  const { payment, captureKey, amountMinor, currency, isFinal } = order;
  const { paymentKey, providerRef } = payment;
  if (providerRef === null) return { kind: 'refused', reason: 'payment_absent' };
  const captured = await attempt(() =>
    account.client.paymentIntents.capture(
      providerRef,
      {
        amount_to_capture: account.units.toProvider(amountMinor, currency),
        ...(isFinal ? {} : { final_capture: false }),
      },
      { idempotencyKey: `${paymentKey}/capture/${captureKey}` },
    ),
  );
  if (captured.ok) return { kind: 'reported', report: reportOf(account, captured.intent, paymentKey) };
  return answerOf(captured);
}

export async function refund(account: StripeAccount, order: RefundOrder): Promise<ProviderAnswer> {
  const { payment, refundKey, amountMinor, currency, isRepeat } = order;
  if (payment.providerRef === null) return { kind: 'refused', reason: 'payment_absent' };
  if (isRepeat) {
    const refunds = await refundsOf(account, payment.providerRef);
    if (!Array.isArray(refunds)) return refunds;
    const made = refunds.find(({ metadata }) => metadata?.refundKey === refundKey);
    if (made !== undefined) return reported(account, payment, made);
  }
  const created = await create(account, payment, refundKey, `${payment.paymentKey}/refund/${refundKey}`, {
    amount: account.units.toProvider(amountMinor, currency),
  });
  return created.ok ? reported(account, payment, created.value) : answerOf(created);
}

/** Gives back all that is still held, for a payment that is called off. */
export async function refundAll(
  account: StripeAccount,
  payment: Payment,
  intent: StripeIntent,
): Promise<ProviderAnswer> {
  const report = reportOf(account, intent, payment.paymentKey);
  const known = { ...payment, providerRef: intent.id };
  const created = await create(account, known, ownRefs.void, `${payment.paymentKey}/refund`, {});
  if (created.ok) {
    const { status } = created.value;
    if (status === 'failed' || status === 'canceled') return { kind: 'unknown', reason: 'refund-failed' };
    return { kind: 'reported', report: { ...report, movements: movementsOfRefund(created.value, account.units) } };
  }
  if (created.kind !== 'refused' || created.code !== 'charge_already_refunded') return answerOf(created);
  const seen = await observe(account, intent.id);
  if (seen.kind === 'known') return { kind: 'reported', report: seen.report };
  return { kind: 'unknown', reason: seen.kind === 'unknown' ? seen.reason : `the-payment-is-${seen.kind}` };
}

export async function observe(account: StripeAccount, providerRef: string): Promise<Observation> {
  const retrieved = await attempt(() => account.client.paymentIntents.retrieve(providerRef));
  if (!retrieved.ok) {
    const isAbsent = retrieved.kind === 'refused' && retrieved.code === 'resource_missing';
    return isAbsent ? { kind: 'absent' } : { kind: 'unknown', reason: retrieved.reason };
  }
  const { intent } = retrieved;
  const paymentKey = paymentKeyOf(intent);
  if (paymentKey === undefined) return { kind: 'foreign' };
  const report = reportOf(account, intent, paymentKey);
  // Only captured money comes back or is contested.
  if (intent.amount_received === 0) return { kind: 'known', report };
  const refunds = await refundsOf(account, providerRef);
  if (!Array.isArray(refunds)) return { kind: 'unknown', reason: refunds.reason };
  const disputes = await pagesOf(Disputes, (page) =>
    account.client.disputes.list({ payment_intent: providerRef, ...page }),
  );
  if (!Array.isArray(disputes)) return { kind: 'unknown', reason: disputes.reason };
  const movements = [
    ...refunds.flatMap((one) => movementsOfRefund(one, account.units)),
    ...disputes.flatMap((one) => movementsOfDispute(one, account.units)),
  ];
  return { kind: 'known', report: { ...report, movements } };
}

function create(
  { client }: StripeAccount,
  { paymentKey, providerRef }: Payment,
  refundKey: string,
  idempotencyKey: string,
  amount: { readonly amount?: number },
) {
  const payment_intent = providerRef ?? '';
  const metadata = { orderId: paymentKey, refundKey };
  return attemptOf(StripeRefund, () =>
    client.refunds.create({ payment_intent, ...amount, metadata }, { idempotencyKey }),
  );
}

function refundsOf({ client }: StripeAccount, providerRef: string) {
  return pagesOf(Refunds, (page) => client.refunds.list({ payment_intent: providerRef, ...page }));
}

const pageOf = <Item extends z.ZodType<{ readonly id: string }>>(item: Item) =>
  z.looseObject({ data: z.array(item), has_more: z.boolean() });
// Made once: Zod compiles a schema when it is first used.
const Refunds = pageOf(StripeRefund);
const Disputes = pageOf(StripeDispute);

/** All items of a list, or why they cannot be had. */
async function pagesOf<Item extends z.ZodType<{ readonly id: string }>>(
  Page: ReturnType<typeof pageOf<Item>>,
  list: (page: { readonly limit: number; readonly starting_after?: string }) => Promise<unknown>,
): Promise<z.infer<Item>[] | { readonly kind: 'unknown'; readonly reason: string }> {
  const items: z.infer<Item>[] = [];
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const last = items.at(-1);
    const page = await attemptOf(Page, () =>
      list({ limit: pageSize, ...(last === undefined ? {} : { starting_after: last.id }) }),
    );
    if (!page.ok) return { kind: 'unknown', reason: page.reason };
    items.push(...page.value.data);
    if (!page.value.has_more) return items;
  }
  return { kind: 'unknown', reason: 'The list at the provider is longer than anybody would follow.' };
}

/** What we know, with a refund that was made of it. */
function reported({ units }: StripeAccount, payment: Payment, made: StripeRefund): ProviderAnswer {
  return { kind: 'reported', report: restate(payment, movementsOfRefund(made, units)) };
}

function answerOf(failure: StripeFailure): ProviderAnswer {
  return { kind: failure.kind === 'refused' ? 'refused' : 'unknown', reason: failure.reason };
}

function reportOf({ provider, units }: StripeAccount, intent: StripeIntent, paymentKey: string) {
  return reportOfIntent(intent, { paymentKey, provider, units });
}
