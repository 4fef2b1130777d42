/**
 * What the doctor asks a running shop, and reads of its state folder and environment. Judging it is left to the findings. The only
 * things made are carts, one per market, of which the goods are taken out again; an empty cart ends by itself.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { Product } from '../../shared/contracts/catalog/products.ts';
import { ShopHealth } from '../../shared/contracts/observer/http.ts';
import { OrderPolicy } from '../../shared/contracts/orders/policy-http.ts';
import { ReconciliationReport } from '../../shared/contracts/payments/http.ts';
import { givenAs } from '../lib/given-secrets.ts';
import { release } from '../lib/release.ts';
import type { ShopClient } from '../lib/shop-client.ts';
import type { ShopTarget } from '../lib/shop-target.ts';
import { readState, type ShopState } from '../setup/state.ts';
import { type MarketSale, trySales } from './sales.ts';

/** Secrets that the doctor may be shown, in its environment as the shop has them in its own. */
export const secretNames = [
  ...(['VITRINE_SECRET', 'VITRINE_ADMIN_KEY_PREVIOUS', 'VITRINE_SECRET_PREVIOUS'] as const),
  ...(['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'] as const),
] as const;
export type SecretName = (typeof secretNames)[number];

export interface Clock {
  /** Of this machine, in milliseconds since 1970, before and after the question. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** Of the shop. */
  readonly shopAt: number;
}

export interface Catalogue {
  /** Active products among those that were looked at. */
  readonly active: readonly z.infer<typeof Product>[];
  readonly isWhole: boolean;
}

export interface StateFolder {
  /** Permissions of `secrets.json`; null where there is none. */
  readonly secretsMode: number | null;
  /** The release that the shop was last started by; null where nobody noted it. */
  readonly release: string | null;
  /** The secret that the folder keeps for the shop. */
  readonly secret: string | null;
  /** The newest first; null where none was ever noted. */
  readonly backups: readonly { readonly at: string; readonly to: string; readonly verified: boolean }[] | null;
}

export interface Facts {
  readonly url: string;
  readonly adminKey: string;
  readonly secrets: Readonly<Record<SecretName, string | null>>;
  /** Null for a shop of which no folder was named. */
  readonly folder: StateFolder | null;
  readonly health: ShopHealth;
  readonly clock: Clock;
  readonly state: ShopState;
  readonly policy: OrderPolicy;
  readonly catalogue: Catalogue;
  readonly sales: readonly MarketSale[];
  readonly isSandboxOpen: boolean;
  /** Whether the shop has a secret to check webhooks of Stripe with. */
  readonly takesWebhooks: boolean;
  /** Null where nothing was ever compared. */
  readonly reconciliation: ReconciliationReport | null;
  /** The release of this command. */
  readonly release: string;
}

/** So many products tell what is wrong with a catalogue. */
const productsLookedAt = 1_000;

export async function gatherFacts(
  client: ShopClient,
  target: ShopTarget,
  environment: NodeJS.ProcessEnv,
): Promise<Facts> {
  const askedAt = Date.now();
  const health = await client.read('/admin/v1/health', ShopHealth);
  const clock = { askedAt, answeredAt: Date.now(), shopAt: Date.parse(health.checkedAt) };
  const state = await readState(client);
  const products = await client.list('/admin/v1/products', Product, productsLookedAt);
  const sales = await trySales(client, state.markets);
  return {
    url: target.url,
    adminKey: target.adminKey,
    secrets: secretsIn(environment),
    folder: target.statePath === null ? null : readFolder(target.statePath),
    ...{ health, clock, state, sales },
    policy: await client.read('/admin/v1/order-policy', OrderPolicy),
    catalogue: {
      active: products.filter(({ status }) => status === 'active'),
      isWhole: products.length < productsLookedAt,
    },
    isSandboxOpen: (await client.ask({ path: '/sandbox/ledger', isGuest: true })).status !== 404,
    takesWebhooks: await asksForSignature(client),
    reconciliation: await newestReconciliation(client),
    release,
  };
}

/** A webhook that nobody has signed is refused, differently where the shop could not check one. */
async function asksForSignature(client: ShopClient): Promise<boolean> {
  const path = '/v1/webhooks/payments/stripe';
  const { status } = await client.ask({ method: 'POST', path, body: {}, isGuest: true });
  return status === 400;
}

async function newestReconciliation(client: ShopClient): Promise<ReconciliationReport | null> {
  const { json } = await client.ask({ path: '/admin/v1/payments/reconciliation' });
  const read = ReconciliationReport.safeParse(json);
  return read.success ? read.data : null;
}

function secretsIn(environment: NodeJS.ProcessEnv): Facts['secrets'] {
  const [secret, previousKey, previousSecret, stripeKey, webhookSecret] = secretNames.map(
    (name) => givenAs(name, environment) ?? null,
  );
  return {
    VITRINE_SECRET: secret ?? null,
    VITRINE_ADMIN_KEY_PREVIOUS: previousKey ?? null,
    VITRINE_SECRET_PREVIOUS: previousSecret ?? null,
    STRIPE_SECRET_KEY: stripeKey ?? null,
    STRIPE_WEBHOOK_SECRET: webhookSecret ?? null,
  };
}

const Backups = z.looseObject({
  backups: z.array(z.looseObject({ at: z.string(), to: z.string(), verified: z.boolean() })),
});
const Secrets = z.looseObject({ secret: z.string().optional() });
const Release = z.looseObject({ release: z.string() });

function readFolder(statePath: string): StateFolder {
  const secretsFile = path.join(statePath, 'secrets.json');
  const secrets = Secrets.safeParse(jsonIn(secretsFile));
  const backups = Backups.safeParse(jsonIn(path.join(statePath, 'backups.json')));
  const mark = Release.safeParse(jsonIn(path.join(statePath, 'written-by.json')));
  return {
    secretsMode: statSync(secretsFile, { throwIfNoEntry: false })?.mode ?? null,
    release: mark.success ? mark.data.release : null,
    secret: secrets.success ? (secrets.data.secret ?? null) : null,
    backups: backups.success ? backups.data.backups : null,
  };
}

/** Undefined where there is no such file, or no JSON in it. */
function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
