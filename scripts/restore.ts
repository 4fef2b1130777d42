/**
 * `npm run restore`: brings a backup back into a new state folder, after all of it was proven; or proves it only. Ends with 0 when
 * the backup is whole, else with 1.
 */
import path from 'node:path';
import { bringBack, verifyBackup } from './backup/bring-back.ts';
import { runCommand } from './backup/command.ts';
import type { Manifest } from './backup/manifest.ts';
import { readKeyFile } from './backup/seal.ts';
import { answerHelp, readFlagsAndSwitches, UsageError } from './lib/arguments.ts';

const usage = `Usage: npm run restore -- --from BACKUP --state FOLDER [--key FILE]
       npm run restore -- --from BACKUP --verify [--key FILE]

  --from    the folder of one backup
  --state   a new state folder, absent or empty; nothing is restored over something
  --key     the key file that sealed the backup
  --verify  reads the whole backup and compares it with its manifest, and writes nothing`;

async function main(given: readonly string[]): Promise<void> {
  const { flags, isOn } = readFlagsAndSwitches(['from', 'state', 'key'], ['verify'], given);
  if (flags.from === undefined) throw new UsageError('--from is needed.');
  if (isOn('verify') === (flags.state !== undefined))
    throw new UsageError('Give either --state for a restore, or --verify to look at the backup only.');
  const from = path.resolve(flags.from);
  const key = flags.key === undefined ? null : readKeyFile(flags.key);
  if (flags.state === undefined) {
    console.log(`whole: ${summaryOf(await verifyBackup(from, key))}`);
    return;
  }
  const statePath = path.resolve(flags.state);
  const manifest = await bringBack(from, statePath, key);
  for (const fault of manifest.faults) console.error(`fault, as the backup says: ${fault}`);
  console.log(`restored ${summaryOf(manifest)}\n\n${whatNext(manifest, statePath)}`);
}

function summaryOf({ at, release, files, counts }: Manifest): string {
  return `the shop of ${at}, release ${release.version}, ${files.length} files, ${counts.orders} orders, ${counts.ordersInFlight} on their way`;
}

function whatNext({ at, files }: Manifest, statePath: string): string {
  const hasSecrets = files.some((file) => file.path === 'secrets.json');
  return `Next:
  1. Make sure that the former shop is stopped: two shops must not take the same money.
  2. Start this one as before, with --state ${statePath}${hasSecrets ? '' : ', and with the VITRINE_SECRET and VITRINE_ADMIN_KEY that it had'}.
     Checkouts that were on their way go on by themselves.
  3. Look at GET /admin/v1/health, and compare payments: POST /admin/v1/payments/reconciliation until finishedAt is there.
  4. What was bought after ${at} is not in it. Your payment provider lists what it took since: those buyers
     have paid and have no order. Write to them, or give their money back there.`;
}

answerHelp(process.argv.slice(2), usage);
await runCommand(usage, main);
