/**
 * The allowances of a run: codes of which there is only so much, gift cards and store credit, under the project's own rules and use cases
 * over simulated objects. All are opened before the run, so no database has to say what one was issued with.
 */

import { allowanceStreams, levelsOf } from '../../durable-objects/allowance/streams.ts';
import {
  type AllowancesApi,
  type CreditRequest,
  type GiftCardsApi,
  giftCardBalance,
  type SoldCardsApi,
  storeCreditBalance,
} from '../../shared/contracts/pricing/allowances.ts';
import { Streams } from '../../shared/streams/streams.ts';
import { MemoryStreamStorage } from '../../shared/testing/stream-storage.ts';
import { allowanceObjectNameOf } from '../../shared/values/placement.ts';
import { accept } from '../../shared/values/result.ts';
import type { AllowanceAnswer, AllowanceStub } from '../../workers/pricing/allowances/service/allowance-object.ts';
import { change } from '../../workers/pricing/allowances/service/changes.ts';
import {
  type Allowances,
  balances,
  commitAllowances,
  holdAllowances,
  releaseAllowances,
} from '../../workers/pricing/allowances/service/holds.ts';
import type { Allowance, AllowanceEvent } from '../../workers/pricing/domain/allowance/allowance.ts';
import { type AllowanceCommand, decideAllowance } from '../../workers/pricing/domain/allowance/decide.ts';
import { type Assortment, allowanceNamesOf, issuedOf } from './goods.ts';
import { SimulatedObject } from './objects.ts';
import { Life, type Scheduler } from './scheduler.ts';
import type { Subscribers } from './subscribers.ts';

type Steps = readonly (readonly [allowance: string, command: AllowanceCommand])[];

interface AllowanceInstance {
  readonly streams: Streams<Allowance, AllowanceEvent>;
  readonly life: Life;
  all(steps: Steps): AllowanceAnswer;
}

interface AllowancePlants {
  readonly decide: typeof decideAllowance | undefined;
  readonly onChange: (name: string, allowance: Allowance) => void;
  readonly onGivenBack: (name: string, key: string) => void;
}

type AllowancesDoor = Pick<AllowancesApi, 'balances' | 'holdAllowances' | 'commitAllowances' | 'releaseAllowances'> &
  Pick<GiftCardsApi, 'creditGiftCard' | 'creditStoreCredit'> &
  SoldCardsApi;

export class AllowanceObjects {
  readonly storages = new Map<string, MemoryStreamStorage<AllowanceEvent>>();
  readonly objects = new Map<string, SimulatedObject<AllowanceInstance>>();
  readonly #scheduler: Scheduler;
  readonly #onGivenBack: (name: string, key: string) => void;
  readonly #issued: ReadonlyMap<string, number>;

  constructor(
    scheduler: Scheduler,
    assortment: Assortment,
    skewOf: () => number,
    subscribers: () => Subscribers,
    plants: AllowancePlants,
  ) {
    this.#scheduler = scheduler;
    this.#issued = issuedOf(assortment);
    this.#onGivenBack = plants.onGivenBack;
    const decide = plants.decide ?? decideAllowance;
    for (const name of new Set(allowanceNamesOf(assortment).map(allowanceObjectNameOf))) {
      const storage = new MemoryStreamStorage<AllowanceEvent>();
      this.storages.set(name, storage);
      const object = new SimulatedObject<AllowanceInstance>(scheduler, name, skewOf(), {
        start: (life, alarm) => {
          const streams = new Streams(allowanceStreams, storage, alarm);
          return { streams, life, all: (steps) => takeAll(streams, steps, decide, plants.onChange) };
        },
        onAlarm: ({ streams, life, all }, now) => {
          const wake = async (ids: readonly string[]) => {
            for (const id of ids) all([[id, { type: 'expire', now }]]);
          };
          return streams.onAlarm(now, wake, subscribers().reach(life));
        },
      });
      this.objects.set(name, object);
    }
  }

  /** Issues the balances before the run begins. */
  open(now: number): void {
    for (const [name, amountMinor] of this.#issued) {
      const issue = { type: 'issue', amountMinor, expiresAt: null, now } as const;
      this.#object(allowanceObjectNameOf(name))
        .awake()
        .instance.all([[name, issue]]);
    }
  }

  /** An allowance, folded from its events alone. */
  replayed(name: string): Allowance {
    const events = this.storages.get(allowanceObjectNameOf(name))?.history(name) ?? [];
    return events.reduce(allowanceStreams.evolve, allowanceStreams.initial);
  }

  api(from: Life): AllowancesDoor {
    const ask = <Answer>(label: string, serve: (allowances: Allowances) => Promise<Answer>) =>
      this.#scheduler.call(
        from,
        `pricing ${label}`,
        () => new Life('pricing worker'),
        (life) => serve(this.#allowances(life)),
      );
    const credit = (name: string, { creditKey, amountMinor, reason, now }: CreditRequest) =>
      ask('credit', async (allowances) => {
        const entry = { key: `credit:${creditKey}`, reason, actor: 'system:orders', now };
        const changed = await change(allowances, name, amountMinor, entry);
        if (!changed.ok) throw new Error(`${name} is not paid back: ${changed.refusal.code}`);
        return accept({ balanceMinor: changed.value.available ?? 0 });
      });
    return {
      balances: (names, now) => ask('balances', (allowances) => balances(allowances, names, now)),
      holdAllowances: (request) => ask('hold-allowances', (allowances) => holdAllowances(allowances, request)),
      commitAllowances: (request) => ask('commit-allowances', (allowances) => commitAllowances(allowances, request)),
      releaseAllowances: async (request) => {
        await ask('release-allowances', (allowances) => releaseAllowances(allowances, request));
        for (const name of request.allowances) this.#onGivenBack(name, request.key);
      },
      creditGiftCard: ({ cardId, ...request }) => credit(giftCardBalance(cardId), request),
      creditStoreCredit: ({ customerId, currency, ...request }) =>
        credit(storeCreditBalance(customerId, currency), request),
      // No goods of a run are gift cards: every crash point of these is tried in tests of operations and of the cards.
      voidSoldCards: () => Promise.reject(new Error('No gift cards are sold')),
      restoreSoldCards: () => Promise.reject(new Error('No gift cards are sold')),
    };
  }

  #allowances(life: Life): Allowances {
    return {
      objects: { getByName: (name) => this.#stubOf(life, name) },
      // Every balance has begun before the run: what it was issued with is never looked up.
      openingsOf: () => Promise.reject(new Error('Every balance has begun')),
    };
  }

  #stubOf(from: Life, name: string): AllowanceStub {
    const ask = (label: string, stepsOf: () => Steps) =>
      this.#object(name).ask(from, `allowance ${label}`, async ({ all }) => all(stepsOf()));
    const unasked = () => Promise.reject(new Error('No checkout asks for this'));
    return {
      hold: ({ key, wants, until, now }) =>
        ask('hold', () =>
          wants.map(({ allowance, ...want }) => [allowance, { type: 'hold', key, ...want, until, now }] as const),
        ),
      end: (type, { key, allowances, now }) =>
        ask(type, () => allowances.map((allowance) => [allowance, { type, key, now }] as const)),
      read: (allowances, now) =>
        ask('read', () => allowances.map((allowance) => [allowance, { type: 'expire', now }] as const)),
      change: (allowance, command) => ask(command.type, () => [[allowance, command]]),
      movements: unasked,
      rebuild: unasked,
    };
  }

  #object(name: string): SimulatedObject<AllowanceInstance> {
    const found = this.objects.get(name);
    if (found === undefined) throw new Error(`There is no allowance object ${name}`);
    return found;
  }
}

/** All or none, in one commit, as the object does it. What has expired by now stays so even when the whole is refused. */
function takeAll(
  streams: Streams<Allowance, AllowanceEvent>,
  steps: Steps,
  decide: typeof decideAllowance,
  onChange: AllowancePlants['onChange'],
): AllowanceAnswer {
  for (const [name, { now }] of steps)
    streams.execute(name, now, ({ state }) => decide(state, { type: 'expire', now }));
  const decisions = steps.map(([name, command]) => ({
    name,
    now: command.now,
    decision: decide(streams.load(name).state, command),
  }));
  for (const { name, decision } of decisions)
    if (decision.refusal !== null)
      return { unopened: [], refusal: { allowance: name, why: decision.refusal }, levels: [] };
  for (const { name, now, decision } of decisions)
    if (decision.events.length > 0) onChange(name, streams.append(name, decision.events, now).state);
  return { unopened: [], refusal: null, levels: steps.map(([name]) => levelsOf(name, streams.load(name))) };
}
