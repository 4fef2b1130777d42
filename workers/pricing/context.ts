/** The bindings of the pricing Worker, what its isolate remembers, and what its use cases are given from both. */
import type { NotificationsApi } from '../../shared/contracts/notifications/api.ts';
import type { OrdersApi } from '../../shared/contracts/orders/api.ts';
import type { ProviderName } from '../../shared/contracts/payments/api.ts';
import { configuredProviders, type ProvidersEnv } from '../../shared/contracts/payments/configured.ts';
import { type SecretEnv, type Secrets, secretsOf } from '../../shared/digest/shop-secrets.ts';
import { databaseOf } from '../../shared/messaging/d1.ts';
import { type IdKind, makeId } from '../../shared/values/ids.ts';
import type { AllowanceStub } from './allowances/service/allowance-object.ts';
import { type BalanceDesk, openingsOf } from './allowances/store.ts';
import { CodeMemory } from './service/code-memory.ts';
import { PriceMemory } from './service/price-memory.ts';
import { QuoteDesk, type QuoteSource } from './service/quotes.ts';
import { SettingsMemory } from './service/settings-memory.ts';
import { ShelfDesk } from './service/shelf.ts';
import { settingsSourceOf } from './store/settings.ts';

/** The codes of sold gift cards are derived from the secret. */
export interface PricingEnv extends ProvidersEnv, SecretEnv {
  readonly DB: D1Database;
  readonly ALLOWANCE: { getByName(name: string): AllowanceStub };
  readonly ORDERS: OrdersApi;
  readonly NOTIFICATIONS: Pick<NotificationsApi, 'send'>;
}

interface PricingContext extends BalanceDesk {
  readonly memory: SettingsMemory;
  readonly codes: CodeMemory;
  readonly quotes: QuoteDesk;
  readonly shelves: ShelfDesk;
  /** What the memories are filled from. */
  readonly source: QuoteSource;
  readonly orders: OrdersApi;
  readonly notifications: Pick<NotificationsApi, 'send'>;
  readonly secrets: Secrets;
  readonly providers: readonly ProviderName[];
  /** Milliseconds since 1970. */
  now(): number;
  random(): Uint8Array;
  newId(kind: IdKind): string;
}

// One of each per isolate.
const memory = new SettingsMemory();
const prices = new PriceMemory();
const codes = new CodeMemory();
const quotes = new QuoteDesk(memory, prices, codes);
const shelves = new ShelfDesk(memory, prices);

export function contextOf(env: PricingEnv): PricingContext {
  const db = databaseOf(env.DB);
  const random = () => crypto.getRandomValues(new Uint8Array(16));
  return {
    ...{ db, memory, codes, quotes, shelves, random },
    source: settingsSourceOf(db),
    orders: env.ORDERS,
    notifications: env.NOTIFICATIONS,
    secrets: secretsOf(env),
    providers: configuredProviders(env),
    objects: env.ALLOWANCE,
    openingsOf: (names) => openingsOf(db, names),
    now: Date.now,
    newId: (kind) => makeId(kind, { now: Date.now(), random: random() }),
  };
}
