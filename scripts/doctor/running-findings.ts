/** What an operator has to put right: address, health, clock, keys, backups, release. Pure functions of facts. */
import type { Facts } from './facts.ts';
import { type Finding, findingsOf } from './finding.ts';
import { listed } from './tried-markets.ts';

const dayMs = 86_400_000;
/** A backup of every night, with some hours to spare. */
const backupAgeMaxMs = 1.25 * dayMs;
/** Tokens and webhooks are taken within minutes of their time. */
const clockOffWarnMs = 2_000;
const clockOffFailMs = 60_000;
const slowPartMs = 1_000;

const isLoopback = (url: string): boolean => /^\[?(?:127\.|::1\]?$|localhost$)/.test(new URL(url).hostname);

export function addressFindings({ url, state: { profile } }: Facts): Finding[] {
  const { ok, warn, fail, skipped } = findingsOf('address');
  const findings: Finding[] = [];
  if (url.startsWith('https:')) findings.push(ok(`The shop answers over https at ${url}.`));
  else if (isLoopback(url))
    findings.push(
      skipped(
        'Whether the shop answers over https is not known.',
        `It was asked at ${url}, on this machine.`,
        'Run the doctor with its public address.',
      ),
    );
  else
    findings.push(
      fail(
        `The shop is asked over http at ${url}.`,
        'Whoever is on the way reads keys and addresses.',
        'Put a proxy with TLS in front of it, and use https.',
      ),
    );
  if (profile.storefrontUrl === null)
    findings.push(
      warn(
        'The shop does not know its storefront.',
        'Messages cannot lead there.',
        'PATCH /admin/v1/shop {"storefrontUrl": …}.',
      ),
    );
  else if (!profile.storefrontUrl.startsWith('https:'))
    findings.push(
      fail(
        `The storefront is at ${profile.storefrontUrl}, without https.`,
        'What shoppers type is read on the way.',
        'Use https.',
      ),
    );
  return findings;
}

export function healthFindings({ health }: Facts): Finding[] {
  const { ok, warn, fail } = findingsOf('health');
  const failed = health.parts.filter(({ status }) => status === 'failed');
  const findings = failed.map(({ name, error }) =>
    fail(
      `${name} does not answer${error === undefined ? '' : `: ${error}`}.`,
      'What needs it is refused.',
      'Look into its log.',
    ),
  );
  if (failed.length === 0) findings.push(ok(`All ${health.parts.length} parts answer.`));
  const slow = health.parts.filter(({ status, latencyMs }) => status === 'ok' && latencyMs > slowPartMs);
  if (slow.length > 0) {
    const names = listed(slow.map(({ name, latencyMs }) => `${name} ${latencyMs} ms`));
    findings.push(
      warn(`Some parts are slow: ${names}.`, 'Shoppers wait for them.', 'Look at the machine, and ask again.'),
    );
  }
  if (health.openDeadLetters === null)
    findings.push(
      warn('Dead letters could not be counted.', 'Events may have been given up on.', 'Look at the observer.'),
    );
  else if (health.openDeadLetters > 0)
    findings.push(
      fail(
        `${health.openDeadLetters} events were given up on.`,
        'Lists, stock or messages lack what they say.',
        'GET /admin/v1/dead-letters; mend the cause, then replay them.',
      ),
    );
  else findings.push(ok('No event was given up on.'));
  return findings;
}

/** How far the shop's clock is off at least, whatever part of the round trip went which way. */
export function clockOffMs({ askedAt, answeredAt, shopAt }: Facts['clock']): number {
  if (shopAt < askedAt) return askedAt - shopAt;
  return Math.max(0, shopAt - answeredAt);
}

export function clockFindings({ clock }: Facts): Finding[] {
  const { ok, warn, fail } = findingsOf('clock');
  const offMs = clockOffMs(clock);
  if (offMs <= clockOffWarnMs) return [ok('The clocks of the shop and of this machine agree.')];
  const tell = offMs > clockOffFailMs ? fail : warn;
  return [
    tell(
      `The clocks of the shop and of this machine differ by ${Math.round(offMs / 1_000)} s or more.`,
      'Webhooks of payment providers are refused after minutes, and sales begin and end at the wrong time.',
      'Have both set by NTP.',
    ),
  ];
}

const keyLengthMin = 24;
/** Keys that stand in this project, and what people type when they try something. */
const knownKeys = /^(?:vak_(?:journeys|recording|test|dev)|(?:admin|secret|password|changeme|test|demo)\b)/i;

/** How many bits a text could have if each character was drawn from those that it has. */
export function bitsOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const total = [...text].length;
  return [...counts.values()].reduce((bits, count) => bits - count * Math.log2(count / total), 0);
}

const bitsMin = 64;

function weaknessOf(secret: string): string | null {
  if (knownKeys.test(secret)) return 'is one that others know';
  if (secret.length < keyLengthMin) return `has less than ${keyLengthMin} characters`;
  return bitsOf(secret) < bitsMin ? 'repeats itself' : null;
}

export function keyFindings({ adminKey, secrets, folder }: Facts): Finding[] {
  const { ok, warn, fail, skipped } = findingsOf('keys');
  const findings: Finding[] = [];
  const keyWeakness = weaknessOf(adminKey);
  if (keyWeakness === null) findings.push(ok('The admin key is long and looks random.'));
  else {
    const todo = 'Make another one (openssl rand -base64 33), and rotate it as docs/operations.md says.';
    findings.push(fail(`The admin key ${keyWeakness}.`, 'Whoever guesses it owns the shop.', todo));
  }
  const secret = secrets.VITRINE_SECRET ?? folder?.secret ?? null;
  if (secret === null) {
    const why = 'A shop never shows its keys.';
    findings.push(skipped('VITRINE_SECRET was not looked at.', why, 'Give the doctor VITRINE_SECRET too, or --state.'));
  } else {
    const weakness = weaknessOf(secret);
    const why = 'Who guesses it can open every cart and order.';
    if (weakness === null) findings.push(ok('VITRINE_SECRET is long and looks random.'));
    else findings.push(fail(`VITRINE_SECRET ${weakness}.`, why, 'Rotate it as docs/operations.md says.'));
  }
  for (const name of ['VITRINE_ADMIN_KEY_PREVIOUS', 'VITRINE_SECRET_PREVIOUS'] as const)
    if (secrets[name] !== null)
      findings.push(
        warn(
          `${name} is still set.`,
          'The old one counts as long as it is.',
          'Remove it once nobody needs it any more.',
        ),
      );
  const mode = folder?.secretsMode ?? null;
  if (mode !== null && (mode & 0o077) !== 0)
    findings.push(
      fail('Others on the machine can read secrets.json.', 'It holds the keys of the shop.', 'chmod 600 secrets.json'),
    );
  return findings;
}

export function backupFindings({ folder, clock }: Facts): Finding[] {
  const { ok, warn, fail, skipped } = findingsOf('backups');
  if (folder === null)
    return [
      skipped(
        'Backups were not looked at.',
        'They are noted in the state folder of a shop, and none was named.',
        'Run the doctor with --state on its machine. On Cloudflare databases can be set back for 30 days.',
      ),
    ];
  const todo = 'npm run backup -- --state DIR --to DIR, every night, to another machine.';
  const [newest] = folder.backups ?? [];
  if (newest === undefined)
    return [fail('No backup was ever made.', 'A broken disk would take every order with it.', todo)];
  const good = folder.backups?.find(({ verified }) => verified);
  if (good === undefined)
    return [fail('No backup was ever verified.', 'Nobody knows whether one can be restored.', todo)];
  const findings: Finding[] = [];
  if (!newest.verified)
    findings.push(
      warn(
        'The newest backup was not verified.',
        'Nobody knows whether it can be restored.',
        'Look at its report, and make another.',
      ),
    );
  const ageMs = clock.answeredAt - Date.parse(good.at);
  const hours = Math.round(ageMs / 3_600_000);
  if (Number.isFinite(ageMs) && ageMs <= backupAgeMaxMs)
    findings.push(ok(`The last verified backup is ${hours} h old, in ${good.to}.`));
  else {
    const what = Number.isFinite(ageMs)
      ? `The last verified backup is ${hours} h old.`
      : 'The last verified backup has no time.';
    findings.push((ageMs > 7 * dayMs ? fail : warn)(what, 'All orders since then would be lost with the disk.', todo));
  }
  return findings;
}

export function releaseFindings({ release, folder }: Facts): Finding[] {
  const { ok, warn, skipped } = findingsOf('release');
  if (folder === null || folder.release === null)
    return [
      skipped(
        `The release of the shop is not known; this doctor is of ${release}.`,
        'It is noted in the state folder.',
      ),
    ];
  if (folder.release === release) return [ok(`The shop is of release ${release}, like this doctor.`)];
  const todo = 'Use the doctor of the same release, and start the shop again after an upgrade.';
  return [
    warn(
      `The shop is of release ${folder.release}, and this doctor of ${release}.`,
      'One may not know what the other has.',
      todo,
    ),
  ];
}
