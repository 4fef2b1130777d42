/**
 * Where the shop of a state folder answers: `address.json` beside its lock, for commands that are told the folder alone. It counts
 * only for the process that holds the lock: a folder that was copied or restored says nothing about the shop that it came from.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const Pid = z.looseObject({ pid: z.int() });
const StateAddress = Pid.extend({ url: z.url({ protocol: /^https?$/ }) });

const fileIn = (statePath: string): string => path.join(statePath, 'address.json');

export function keepAddress(statePath: string, url: string): void {
  const file = fileIn(statePath);
  // Written aside and renamed, so a kill in the middle leaves no half file.
  writeFileSync(`${file}.new`, `${JSON.stringify({ pid: process.pid, url })}\n`);
  renameSync(`${file}.new`, file);
}

/** Null where no shop runs in this folder. */
export function addressIn(statePath: string): string | null {
  try {
    const { pid, url } = StateAddress.parse(jsonIn(fileIn(statePath)));
    return Pid.parse(jsonIn(path.join(statePath, 'lock.json'))).pid === pid ? url : null;
  } catch {
    return null;
  }
}

function jsonIn(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
