/**
 * `npm run openapi:record`: starts the demo shop, calls every operation that can be called, and writes what it answered to
 * `scripts/openapi/recorded.json`, from where it becomes the examples of the document. Lists what was refused and what has no
 * example, and then ends with an error.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { projectRoot } from './configs.ts';
import { nextFreePort } from './lib/ports.ts';
import { whileOpen } from './lib/while-open.ts';
import { readContracts } from './openapi/contracts.ts';
import { captureByHand, walkThrough } from './openapi/record/journeys.ts';
import { Recorder } from './openapi/record/recorder.ts';
import { notRecorded, recordedFile } from './openapi/recorded.ts';

const adminKey = 'vak_recording00000000000000000000000';
const EventPage = z.looseObject({ items: z.array(z.looseObject({ type: z.string(), position: z.int() })) });

async function record(): Promise<void> {
  const { operations } = await readContracts();
  const published = operations.filter(({ path: address }) => !address.startsWith('/sandbox/'));
  const stateDir = await mkdtemp(path.join(tmpdir(), 'vitrine-record-'));
  const port = await nextFreePort(8790);
  const url = `http://127.0.0.1:${port}`;
  const recorder = new Recorder(published, { url, adminKey });
  try {
    await whileOpen({ port, stateDir, adminKey }, () => walkThrough(recorder.call));
    await whileOpen({ port, stateDir, adminKey, env: { VITRINE_CAPTURE: 'manual' } }, async () => {
      await captureByHand(recorder.call);
      recorder.keepEvents(await allEvents(url));
    });
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
  const recorded = recorder.recorded();
  await writeFile(recordedFile, `${JSON.stringify(recorded, null, 2)}\n`);
  execFileSync(path.join(projectRoot, 'node_modules/.bin/biome'), ['format', '--write', recordedFile]);
  const ids = published.map(({ id }) => id);
  report(
    recorder.refused,
    ids.filter((id) => !(id in recorded.operations || id in notRecorded)),
  );
}

function report(refused: readonly string[], missing: readonly string[]): void {
  for (const line of refused) console.error(`refused: ${line.slice(0, 600)}`);
  for (const id of missing) console.error(`no example: ${id}`);
  if (refused.length + missing.length > 0) process.exitCode = 1;
  console.log(`wrote ${path.relative(projectRoot, recordedFile)}. Now: npm run openapi`);
}

/** Everything that the shop has told, envelopes without their place in the log. */
async function allEvents(url: string): Promise<{ readonly type: string }[]> {
  // The last of it is relayed a moment after the answers.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const events: { type: string }[] = [];
  for (let after = 0; ; ) {
    const answer = await fetch(`${url}/admin/v1/events?after=${after}&limit=100`, {
      headers: { authorization: `Bearer ${adminKey}` },
    });
    const { items } = EventPage.parse(await answer.json());
    if (items.length === 0) return events;
    events.push(...items);
    after = items.at(-1)?.position ?? after;
  }
}

await record();
