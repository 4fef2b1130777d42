/** The sandbox behaves as Stripe does, and its ledger tells exactly what happened to every intent. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decideSandbox,
  emptySandbox,
  evolveSandbox,
  type LedgerRow,
  ledgerRowsOf,
  type SandboxCommand,
  type SandboxState,
  totalsOf,
} from './decide.ts';
import { decideIncident, evolveIncident, type IncidentKind, incidentRowsOf } from './incidents.ts';
import { writeIncidentWebhooks } from './stripe-objects.ts';
import { tokens } from './tokens.ts';

type Body = SandboxCommand extends infer One ? (One extends unknown ? Omit<One, 'idempotency' | 'now'> : never) : never;

function run(state: SandboxState, body: Body, key: string | null = null, fingerprint = JSON.stringify(body)) {
  const idempotency = key === null ? null : { key, fingerprint };
  const { events, answer } = decideSandbox(state, { ...body, idempotency, now: 0 } as SandboxCommand);
  const rows: LedgerRow[] = [];
  let next = state;
  for (const event of events) {
    next = evolveSandbox(next, event);
    const intent = event.type === 'answered' ? undefined : next.intents.get('pi_1');
    if (intent !== undefined) rows.push(...ledgerRowsOf(event, intent));
  }
  return { state: next, answer, events, rows };
}

/** Something happens without the shop's doing, if it can. */
function suffer(state: SandboxState, kind: IncidentKind, amountMinor: number | null) {
  const before = state.intents.get('pi_1');
  const incident =
    before === undefined
      ? null
      : decideIncident(before, { kind, amountMinor, disputeId: `dp_${before.disputes.length}`, now: 0 });
  if (before === undefined || incident === null || !incident.ok) return { state, rows: [], incident };
  const intent = evolveIncident(before, incident.value);
  return {
    state: { ...state, intents: new Map([['pi_1', intent]]) },
    rows: incidentRowsOf(incident.value, intent),
    incident,
  };
}

const create = { type: 'create', intentId: 'pi_1', orderId: 'ord_1', amountMinor: 1999, currency: 'EUR' } as const;
const confirm = (token: string | null) => ({ type: 'confirm', intentId: 'pi_1', token, returnUrl: null }) as const;
const capture = { type: 'capture', intentId: 'pi_1', amountMinor: null, isFinal: true } as const;
const cancel = { type: 'cancel', intentId: 'pi_1' } as const;
const refund = { type: 'refund', intentId: 'pi_1', refundId: 're_1', refundKey: null, amountMinor: null } as const;

const created = run(emptySandbox, create).state;
const authorized = run(created, confirm('ok')).state;
const captured = run(authorized, capture).state;

describe('a new intent', () => {
  test.each(['ok', 'timeout_after_authorize', 'slow_5s', 'duplicate_webhook', 'webhook_first', 'capture_fail'])(
    'is authorized by the token %s',
    (token) => {
      expect(run(created, confirm(token)).answer).toMatchObject({
        status: 200,
        intent: { status: 'requires_capture' },
      });
    },
  );

  test('is declined by the token decline and can be tried again', () => {
    const declined = run(created, confirm('decline'));
    expect(declined.answer).toMatchObject({
      status: 402,
      error: { code: 'card_declined' },
      intent: { status: 'requires_payment_method' },
    });
    expect(run(declined.state, confirm('ok')).answer.intent?.status).toBe('requires_capture');
  });

  test('is not authorized when the sandbox breaks down first', () => {
    const broken = run(created, confirm('timeout_before_authorize'));
    expect(broken.answer).toMatchObject({ status: 500, holdMs: 8_000 });
    expect(broken.events).toEqual([]);
  });

  test('names every token to who sends an unknown one', () => {
    const { answer } = run(created, confirm('tok_visa'));
    expect(answer.status).toBe(400);
    for (const token of Object.keys(tokens)) expect(answer.error?.message).toContain(token);
  });

  test('cannot be captured', () => {
    expect(run(created, capture).answer).toMatchObject({
      status: 400,
      error: { code: 'payment_intent_unexpected_state' },
    });
  });
});

describe('an intent that asks for action', () => {
  const waiting = run(created, confirm('requires_action')).state;

  test.each([
    ['pay', 'requires_capture'],
    ['decline', 'requires_payment_method'],
  ] as const)('becomes what the button %s says', (choice, status) => {
    expect(run(waiting, { type: 'answer-page', intentId: 'pi_1', choice }).answer.intent?.status).toBe(status);
  });

  test('ignores the page after a cancellation', () => {
    const { state } = run(waiting, cancel);
    const late = run(state, { type: 'answer-page', intentId: 'pi_1', choice: 'pay' });
    expect(late.answer.intent?.status).toBe('canceled');
    expect(late.events).toEqual([]);
  });
});

describe('an authorized intent', () => {
  test('is captured once', () => {
    expect(run(authorized, capture).answer.intent).toMatchObject({ status: 'succeeded', capturedMinor: 1999 });
    expect(run(captured, capture).answer).toMatchObject({
      status: 400,
      intent: { status: 'succeeded', capturedMinor: 1999 },
    });
  });

  test('is canceled for good when its capture fails', () => {
    const failing = run(run(created, confirm('capture_fail')).state, capture);
    expect(failing.answer).toMatchObject({ status: 402, intent: { status: 'canceled', capturedMinor: 0 } });
    expect(failing.rows).toEqual([{ kind: 'cancel', amountMinor: 1999 }]);
    expect(run(failing.state, capture).answer.status).toBe(400);
  });

  test('releases what a smaller capture leaves', () => {
    const { rows } = run(authorized, { ...capture, amountMinor: 1500 });
    expect(rows).toEqual([
      { kind: 'capture', amountMinor: 1500 },
      { kind: 'cancel', amountMinor: 499 },
    ]);
  });
});

describe('an intent that is captured in parts', () => {
  const part = run(authorized, { ...capture, amountMinor: 1500, isFinal: false });

  test('keeps the rest open, and takes no more than that', () => {
    expect(part.answer.intent).toMatchObject({ status: 'requires_capture', capturedMinor: 1500 });
    expect(part.rows).toEqual([{ kind: 'capture', amountMinor: 1500 }]);
    expect(run(part.state, { ...capture, amountMinor: 500 }).answer).toMatchObject({ status: 400 });
    expect(run(part.state, capture).answer.intent).toMatchObject({ status: 'succeeded', capturedMinor: 1999 });
  });

  test('can be refunded before the last one, and keeps what was captured when the rest is canceled', () => {
    expect(run(part.state, refund).answer.refund).toMatchObject({ amountMinor: 1500, status: 'succeeded' });
    const { answer, rows } = run(part.state, cancel);
    expect(answer.intent).toMatchObject({ status: 'succeeded', capturedMinor: 1500 });
    expect(rows).toEqual([{ kind: 'cancel', amountMinor: 499 }]);
  });
});

describe('a refund of the token', () => {
  const refundOf = (token: string) => run(run(run(created, confirm(token)).state, capture).state, refund);

  test('refund_pending holds the money until it is paid out or comes back', () => {
    const { state, answer, rows } = refundOf('refund_pending');
    expect(answer).toMatchObject({ refund: { status: 'pending' }, intent: { refundedMinor: 1999 } });
    expect(rows).toEqual([{ kind: 'refund', amountMinor: 1999 }]);
    expect(suffer(state, 'refund-paid', null).state.intents.get('pi_1')?.refunds).toMatchObject([
      { status: 'succeeded' },
    ]);
    const failed = suffer(state, 'refund-failed', null);
    expect(failed.state.intents.get('pi_1')).toMatchObject({ refundedMinor: 0 });
    expect(failed.rows).toEqual([{ kind: 'refund-reversal', amountMinor: 1999 }]);
  });

  test('refund_fail moves nothing', () => {
    const { answer, rows } = refundOf('refund_fail');
    expect(answer).toMatchObject({ refund: { status: 'failed' }, intent: { refundedMinor: 0 } });
    expect(rows).toEqual([]);
  });
});

describe('a captured intent that the bank disputes', () => {
  const disputed = suffer(captured, 'dispute', 999).state;

  test('is refunded up to what the bank left, until the dispute is won', () => {
    expect(run(disputed, { ...refund, amountMinor: 1001 }).answer.status).toBe(400);
    const won = suffer(disputed, 'dispute-won', null);
    expect(won.rows).toEqual([{ kind: 'dispute-reversal', amountMinor: 999 }]);
    expect(run(won.state, { ...refund, amountMinor: 1999 }).answer.status).toBe(200);
    const lost = suffer(disputed, 'dispute-lost', null);
    expect(lost.rows).toEqual([]);
    expect(run(lost.state, { ...refund, amountMinor: 1001 }).answer.status).toBe(400);
  });

  test('is told at each turn, its money with a word of its own', () => {
    const told = (state: SandboxState, kind: IncidentKind) => {
      const { incident, state: after } = suffer(state, kind, null);
      const intent = after.intents.get('pi_1');
      if (incident?.ok !== true || intent === undefined) throw new Error(`${kind} can happen`);
      return writeIncidentWebhooks(incident.value, intent, { newId: () => 'evt_1', now: 0 });
    };
    const moved = (amounts: readonly number[]) => amounts.map((amount) => ({ amount }));
    expect(told(captured, 'dispute')).toMatchObject([
      {
        type: 'charge.dispute.created',
        data: { object: { status: 'needs_response', balance_transactions: moved([-1999]) } },
      },
      { type: 'charge.dispute.funds_withdrawn' },
    ]);
    const reviewed = suffer(disputed, 'dispute-review', null).state;
    expect(told(disputed, 'dispute-review')).toMatchObject([
      { type: 'charge.dispute.updated', data: { object: { status: 'under_review' } } },
    ]);
    expect(told(reviewed, 'dispute-lost')).toMatchObject([
      { type: 'charge.dispute.closed', data: { object: { status: 'lost', balance_transactions: moved([-999]) } } },
    ]);
    expect(told(reviewed, 'dispute-won')).toMatchObject([
      { type: 'charge.dispute.closed', data: { object: { status: 'won', balance_transactions: moved([-999, 999]) } } },
      { type: 'charge.dispute.funds_reinstated' },
    ]);
  });

  test.each(['dispute-review', 'dispute-won', 'dispute-lost', 'refund-paid', 'refund-failed'] as const)(
    '%s needs something that it ends',
    (kind) => {
      expect(suffer(captured, kind, null).incident).toMatchObject({ refusal: { code: 'incident-impossible' } });
    },
  );
});

describe('a canceled intent', () => {
  test('refuses a late confirmation', () => {
    const { state } = run(created, cancel);
    expect(run(state, confirm('ok')).answer).toMatchObject({ status: 400, intent: { status: 'canceled' } });
  });
});

describe('a captured intent', () => {
  test('is refunded once', () => {
    const { state, answer } = run(captured, refund);
    expect(answer.refund?.amountMinor).toBe(1999);
    expect(run(state, refund).answer.error?.code).toBe('charge_already_refunded');
  });

  test('is not canceled', () => {
    expect(run(captured, cancel).answer).toMatchObject({ status: 400, intent: { status: 'succeeded' } });
  });
});

describe('an idempotency key', () => {
  test('brings back the first answer at once and changes nothing', () => {
    const first = run(created, confirm('timeout_after_authorize'), 'k');
    const again = run(first.state, confirm('timeout_after_authorize'), 'k');
    expect(again.events).toEqual([]);
    expect(again.answer).toEqual({ ...first.answer, holdMs: 0 });
  });

  test('finds the first intent when the create is repeated', () => {
    const first = run(emptySandbox, create, 'k', 'same');
    const again = run(first.state, { ...create, intentId: 'pi_2' }, 'k', 'same');
    expect(again.answer.intent?.id).toBe('pi_1');
  });

  test('is refused with other parameters', () => {
    const { state } = run(created, confirm('decline'), 'k');
    expect(run(state, confirm('ok'), 'k').answer).toMatchObject({ status: 400, error: { type: 'idempotency_error' } });
  });

  test('stays free when the request was invalid', () => {
    const { state } = run(created, confirm('nonsense'), 'k');
    expect(run(state, confirm('ok'), 'k').answer.status).toBe(200);
  });
});

describe('any commands in any order', () => {
  const body: fc.Arbitrary<Body> = fc.oneof(
    fc.constantFrom(...Object.keys(tokens)).map(confirm),
    fc.constant(cancel),
    fc.option(fc.integer({ min: 1, max: 1999 }), { nil: null }).map((amountMinor) => ({ ...capture, amountMinor })),
    fc.integer({ min: 1, max: 900 }).map((amountMinor) => ({ ...capture, amountMinor, isFinal: false })),
    fc.option(fc.integer({ min: 1, max: 1999 }), { nil: null }).map((amountMinor) => ({ ...refund, amountMinor })),
    fc
      .constantFrom('pay' as const, 'decline' as const)
      .map((choice) => ({ type: 'answer-page', intentId: 'pi_1', choice }) as const),
  );

  const incident = fc.record({
    kind: fc.constantFrom('dispute', 'dispute-review', 'dispute-won', 'dispute-lost', 'refund-paid', 'refund-failed'),
    amountMinor: fc.integer({ min: 1, max: 1999 }),
  });

  test('leave a ledger whose sums are the totals of the intent', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ arbitrary: body, weight: 3 }, incident), { maxLength: 14 }), (bodies) => {
        let state = created;
        const sums = {
          ...{ authorize: 0, capture: 0, cancel: 0, refund: 0 },
          ...{ 'refund-reversal': 0, dispute: 0, 'dispute-reversal': 0 },
        };
        for (const [index, one] of bodies.entries()) {
          const named = 'type' in one && one.type === 'refund' ? { ...one, refundId: `re_${index}` } : one;
          const step = 'kind' in named ? suffer(state, named.kind, named.amountMinor) : run(state, named);
          state = step.state;
          for (const { kind, amountMinor } of step.rows) sums[kind] += amountMinor;
        }
        expect(totalsOf(state.intents.values())).toEqual({
          EUR: {
            authorizedOpen: sums.authorize - sums.capture - sums.cancel,
            captured: sums.capture,
            refunded: sums.refund - sums['refund-reversal'],
          },
        });
        expect(sums.authorize).toBeLessThanOrEqual(1999);
        const taken = sums.refund - sums['refund-reversal'] + sums.dispute - sums['dispute-reversal'];
        expect(taken).toBeLessThanOrEqual(sums.capture);
      }),
      { numRuns: 2_000 },
    );
  });
});
