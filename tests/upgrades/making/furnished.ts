/** A shop in which every operation was called once: what it wrote, and what it told. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { nextFreePort } from '../../../scripts/lib/ports.ts';
import { whileOpen } from '../../../scripts/lib/while-open.ts';
import { readContracts } from '../../../scripts/openapi/contracts.ts';
import { captureByHand, walkThrough } from '../../../scripts/openapi/record/journeys.ts';
import { Recorder } from '../../../scripts/openapi/record/recorder.ts';
import { doTheRest } from './further.ts';
import { databaseFile } from './state-files.ts';
import { type RawStream, streamsOfShop } from './streams.ts';

export interface Envelope {
  readonly type: string;
  readonly data: unknown;
}

export async function furnishedShop(): Promise<{ readonly streams: RawStream[]; readonly envelopes: Envelope[] }> {
  const { operations } = await readContracts();
  const stateDir = await mkdtemp(path.join(tmpdir(), 'vitrine-fixture-'));
  const port = await nextFreePort(9540);
  const adminKey = 'vak_fixtures000000000000000000000000';
  const recorder = new Recorder(operations, { url: `http://127.0.0.1:${port}`, adminKey });
  try {
    await whileOpen({ port, stateDir, adminKey }, async () => {
      await walkThrough(recorder.call);
      await doTheRest(recorder.call);
    });
    await whileOpen({ port, stateDir, adminKey, env: { VITRINE_CAPTURE: 'manual' } }, async () => {
      await captureByHand(recorder.call);
      // The last of it is told a moment after the answers.
      await new Promise((resolve) => setTimeout(resolve, 5_000));
    });
    if (recorder.refused.length > 0) throw new Error(`The shop refused: ${recorder.refused.join('\n')}`);
    return { streams: streamsOfShop(stateDir), envelopes: envelopesIn(stateDir) };
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** One of each type, the last of each. */
function envelopesIn(stateDir: string): Envelope[] {
  const database = new DatabaseSync(databaseFile(stateDir, 'events', 'envelope'), { readOnly: true });
  const rows = database.prepare('select envelope from events order by position').all();
  database.close();
  const last = new Map<string, Envelope>();
  for (const { envelope } of rows) {
    const told: Envelope = JSON.parse(String(envelope));
    last.set(told.type, told);
  }
  return [...last.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
}
