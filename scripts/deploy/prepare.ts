/** Everything that a decision needs, read and reckoned: the account as it is, the environment as it should be, and the plan between. */
import { type Api, type ApiOptions, createApi } from './api.ts';
import { type Environment, nameIn } from './environment.ts';
import { type Plan, planOf } from './plan.ts';
import type { PlanInput } from './plan-input.ts';
import { planSecrets, type SecretValues } from './secrets.ts';
import { type Migration, type Source, type Wanted, wantedOf } from './wanted.ts';
import { accountSubdomain, readWorld, type World } from './world.ts';

/** What is deployed, as this checkout has it. */
export interface Shop {
  readonly environment: Environment;
  readonly sources: readonly Source[];
  readonly databases: readonly {
    readonly database: { readonly databaseName: string };
    readonly migrations: readonly Migration[];
  }[];
  readonly commit: string;
}

export interface Choices {
  readonly gradualPercentage: number | null;
  /** Secrets that are taken away. */
  readonly forgotten: readonly string[];
  readonly isForced: boolean;
}

export interface Prepared {
  readonly api: Api;
  readonly world: World;
  readonly wanted: Wanted;
  readonly plan: Plan;
  readonly publicUrl: string;
  /** True when the router has no admin key and none was given. */
  readonly needsAdminKey: boolean;
}

export const adminKeyName = 'VITRINE_ADMIN_KEY';
const routerName = 'vitrine-router';
const paymentsSecret = 'STRIPE_SECRET_KEY';

export async function prepare(
  { environment, sources, databases, commit }: Shop,
  secretValues: SecretValues,
  choices: Choices,
  options: ApiOptions,
): Promise<Prepared> {
  const api = createApi(options);
  const router = nameIn(environment, routerName);
  const world = await readWorld(api, {
    workers: sources.map(({ config }) => nameIn(environment, config.wrangler.name)),
    databases: databases.map(({ database }) => nameIn(environment, database.databaseName)),
    router,
    host: hostOf(environment),
  });
  const publicUrl = await publicUrlOf(api, environment, router);
  const hasStripe =
    secretValues[paymentsSecret] !== undefined ||
    [...world.workers.values()].some(({ secrets }) => secrets.includes(paymentsSecret));
  const wanted = wantedOf(sources, databases, environment, { hasStripe, publicUrl });
  const secrets = planSecrets(
    wanted.workers.map(({ name, reads }) => ({
      name,
      reads: reads.secrets,
      present: world.workers.get(name)?.secrets ?? [],
      digests: world.workers.get(name)?.newest?.deployed?.secrets ?? {},
    })),
    secretValues,
    choices,
  );
  const input: PlanInput = {
    ...{ wanted, world, secrets, commit, router },
    gradualPercentage: choices.gradualPercentage,
    address: addressOf(environment),
  };
  const hasAdminKey = world.workers.get(router)?.secrets.includes(adminKeyName) === true;
  const needsAdminKey = !hasAdminKey && secretValues[adminKeyName] === undefined;
  return { api, world, wanted, plan: planOf(input), publicUrl, needsAdminKey };
}

function hostOf({ route }: Environment): string | null {
  return route === undefined ? null : route.pattern.replace(/\/.*$/, '');
}

function addressOf({ route }: Environment): PlanInput['address'] {
  return route === undefined ? null : { kind: route.custom_domain ? 'domain' : 'route', pattern: route.pattern };
}

async function publicUrlOf(api: Api, environment: Environment, router: string): Promise<string> {
  const host = hostOf(environment);
  if (host !== null) return `https://${host}`;
  const subdomain = await accountSubdomain(api);
  if (subdomain === null)
    throw new Error(
      'The account has no workers.dev subdomain yet. Open "Workers & Pages" in the dashboard once, or set a route.',
    );
  return `https://${router}.${subdomain}.workers.dev`;
}
