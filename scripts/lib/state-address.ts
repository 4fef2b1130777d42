/**
 * Where the shop of a state folder answers: `address.json` beside its lock, for commands that are told the folder alone. It is
 * only as true as its last start, so whoever reads it has to find the shop there.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const StateAddress = z.looseObject({ url: z.url({ protocol: /^https?$/ }) });

const fileIn = (statePath: string): string => path.join(statePath, 'address.json');

export function keepAddress(statePath: string, url: string): void {
  const file = fileIn(statePath);
  // Written aside and renamed, so a kill in the middle leaves no half file.
  writeFileSync(`${file}.new`, `${JSON.stringify({ url })}\n`);
  renameSync(`${file}.new`, file);
}

/** Null where no shop has ever been ready in this folder. */
export function addressIn(statePath: string): string | null {
  try {
    return StateAddress.parse(JSON.parse(readFileSync(fileIn(statePath), 'utf8'))).url;
  } catch {
    return null;
  }
}
