/**
 * A deployment from the first read to the last check: plan, apply, ask from outside, and back to the release before when that fails.
 * Everything it touches is handed in, so a test can end it at any call.
 */
import type { SeedReport } from '../lib/seed.ts';
import { previousNameOf } from '../lib/worker-settings.ts';
import type { ApiOptions } from './api.ts';
import { type Applied, applySteps } from './apply.ts';
import { orphansOf } from './drift.ts';
import { adminKeyName, type Choices, type Prepared, prepare, type Shop } from './prepare.ts';
import type { Record as Journal, Released } from './record.ts';
import { releasesOf } from './releases.ts';
import { hindrances, readHistory, returnsTo, takeBack, versionsBefore } from './rollback.ts';
import { digestOf, type SecretValues, withSandboxKeys } from './secrets.ts';
import { smoke, smokePurchase } from './smoke.ts';
import { lineOf } from './steps.ts';

export interface DeployInput extends Choices {
  readonly shop: Shop;
  readonly secrets: SecretValues;
  readonly mode: 'apply' | 'dry-run' | 'check';
  /** Exchanges VITRINE_SECRET in two rounds. */
  readonly isRotation: boolean;
  /** Where the shop is asked; null for its public address. */
  readonly smokeUrl: string | null;
  readonly options: ApiOptions;
  readonly journal: Journal;
  readonly say: (line: string) => void;
  readonly confirm: () => Promise<boolean>;
  readonly now: () => Date;
  readonly newAdminKey: () => string;
  readonly seed: (target: { readonly url: string; readonly adminKey: string }) => Promise<SeedReport>;
}

/** As a command ends: `changes` is said by a dry run or a check. */
export type Outcome = 'done' | 'failed' | 'changes';

/** A SKU of the demo assortment, which is bought to see whether buying works. */
const demoSku = 'BWC-S';
const rotated = 'VITRINE_SECRET';

export async function deploy(input: DeployInput): Promise<Outcome> {
  const given = input.shop.environment.sandbox ? withSandboxKeys(input.secrets) : input.secrets;
  if (!input.isRotation) return deployOnce(input, given);

  const [next, before] = [given[rotated], given[previousNameOf(rotated)]];
  if (next === undefined || before === undefined || next === before) {
    input.say(
      `A rotation needs the new secret as ${rotated}, and the one that is there as ${previousNameOf(rotated)}.`,
    );
    return 'failed';
  }
  // First every Worker learns the new secret beside the old one; only then is anything sealed with it.
  if (!(await isAnywhere(input, given, next))) {
    input.say('rotation, first round: every Worker takes the new secret too');
    const outcome = await deployOnce(input, { ...given, [rotated]: before, [previousNameOf(rotated)]: next });
    if (outcome !== 'done') return outcome;
  }
  input.say('rotation, second round: the new secret is the current one');
  return deployOnce(input, given);
}

async function isAnywhere(input: DeployInput, given: SecretValues, secret: string): Promise<boolean> {
  const { world } = await prepare(input.shop, given, input, input.options);
  return [...world.workers.values()].some(({ newest }) => newest?.deployed?.secrets[rotated] === digestOf(secret));
}

async function deployOnce(input: DeployInput, given: SecretValues): Promise<Outcome> {
  const { shop, mode, say } = input;
  let prepared = await prepare(shop, given, input, input.options);
  const isNewKey = prepared.needsAdminKey;
  const values = isNewKey ? { ...given, [adminKeyName]: input.newAdminKey() } : given;
  if (isNewKey) prepared = await prepare(shop, values, input, input.options);
  const { plan } = prepared;
  for (const step of plan.steps) say(lineOf(step));
  for (const name of plan.unchanged) say(`= ${name} unchanged`);
  const orphans = orphansOf(shop.environment, prepared.wanted, prepared.world);
  for (const line of orphans) say(line);
  for (const problem of plan.problems) say(`refused: ${problem}`);
  if (plan.problems.length > 0) return 'failed';
  if (mode === 'dry-run') return plan.steps.length > 0 ? 'changes' : 'done';
  if (mode === 'check' && plan.steps.length + orphans.length === 0)
    say(`nothing differs: ${shop.environment.name} is as this checkout says`);
  if (mode === 'check') return plan.steps.length + orphans.length > 0 ? 'changes' : 'done';
  if (plan.steps.length === 0) {
    say(`nothing to do: ${shop.environment.name} is as this checkout says`);
    return 'done';
  }
  if (!(await input.confirm())) return 'failed';
  if (isNewKey) {
    say(`admin key ${values[adminKeyName]}`);
    say('This key is shown once. Keep it: whoever has it runs the shop.');
  }
  return release(input, prepared, values);
}

async function release(input: DeployInput, prepared: Prepared, values: SecretValues): Promise<Outcome> {
  const { shop, say, journal } = input;
  const { api, world, plan, wanted } = prepared;
  const applied: Applied = { bookmarks: new Map(), hasFlipped: false };
  const write = async (outcome: Released['outcome'], workers: Released['workers'] = {}): Promise<void> =>
    journal.write({
      ...{ release: plan.release, commit: shop.commit, at: input.now().toISOString(), outcome, workers },
      bookmarks: Object.fromEntries(applied.bookmarks),
    });
  await write('begun');
  say(`release ${plan.release}`);
  try {
    await applySteps(plan.steps, {
      api,
      world,
      release: plan.release,
      say,
      applied,
      onBookmark: () => void write('begun'),
    });
    await check(input, prepared, values);
  } catch (error) {
    say(`failed: ${error instanceof Error ? error.message : error}`);
    if (!applied.hasFlipped) {
      say('No visitor has met anything of this release. Mend the cause and repeat the command.');
      await write('failed');
      return 'failed';
    }
    const isBack = await undo(input, prepared);
    await write(isBack ? 'taken-back' : 'failed');
    return 'failed';
  }
  const histories = await Promise.all(wanted.workers.map(({ name }) => readHistory(api, name)));
  const answering = histories.map(({ worker, deployments }) => [worker, deployments[0]?.versions[0]?.version_id ?? '']);
  await write('released', Object.fromEntries(answering));
  say(`released ${plan.release} at ${prepared.publicUrl}`);
  return 'done';
}

/** Throws with the reason when the shop does not do, seen from outside, what a shop does. */
async function check(input: DeployInput, { publicUrl }: Prepared, values: SecretValues): Promise<void> {
  const { shop, say, options } = input;
  const url = input.smokeUrl ?? publicUrl;
  const adminKey = values[adminKeyName] ?? null;
  const isSeeded = shop.environment.seed === 'demo' && adminKey !== null;
  const asked = { url, adminKey, fetch: options.fetch, sleep: options.sleep, say };
  const failure = await smoke(asked);
  if (failure !== null) throw new Error(failure);
  if (!isSeeded) return;
  say(`seed: ${(await input.seed({ url, adminKey })).summary}`);
  if (!shop.environment.sandbox) return;
  const purchase = await smokePurchase(asked, demoSku);
  if (purchase !== null) throw new Error(purchase);
}

/** True when every visitor meets the release before again. */
async function undo({ say, shop }: DeployInput, { api, plan, wanted }: Prepared): Promise<boolean> {
  const byHand = `Mend it forward, or look at npm run rollback -- --env ${shop.environment.name}.`;
  try {
    const histories = await Promise.all(wanted.workers.map(({ name }) => readHistory(api, name)));
    const versions = versionsBefore(histories, plan.release);
    if (versions.size === 0) {
      say(
        'There is no release before this one to go back to: the shop stays as it is, and closed if it does not answer.',
      );
      return false;
    }
    const returns = returnsTo(versions, histories);
    const problems = await hindrances(api, returns);
    for (const problem of problems) say(`not taken back: ${problem}`);
    if (problems.length > 0) return false;
    const before = releasesOf(histories).findLast(({ name }) => name !== plan.release)?.name ?? 'before';
    await takeBack(api, returns, before, say);
    say('Every Worker answers with the version before. Migrations and triggers stay as they are.');
    return true;
  } catch (error) {
    say(`The way back failed too: ${error instanceof Error ? error.message : error} ${byHand}`);
    return false;
  }
}
