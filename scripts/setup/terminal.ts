/** Questions in a terminal: asked until the answer can be used, each with the answer that a bare Enter gives. */
import { createInterface } from 'node:readline/promises';
import type { Reader } from './reading.ts';
import { shown } from './writes.ts';

/** The input ended, or Ctrl-C was pressed, before the questions were answered. */
export class Unanswered extends Error {}

export interface Asking {
  /** @param usual what a bare Enter means; null where there has to be an answer */
  ask<Value>(question: string, usual: string | null, reader: Reader<Value>): Promise<Value>;
  say(line: string): void;
}

export interface Terminal extends Asking {
  close(): void;
}

export function openTerminal(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Terminal {
  const lines = createInterface({ input, output });
  const gone = new AbortController();
  for (const event of ['SIGINT', 'close'] as const) lines.once(event, () => gone.abort());
  const say = (line: string): void => void output.write(`${line}\n`);

  async function ask<Value>(question: string, usual: string | null, reader: Reader<Value>): Promise<Value> {
    for (;;) {
      const hint = usual === null ? '' : ` [${shown(usual)}]`;
      const typed = await lines.question(`${question}${hint}: `, { signal: gone.signal }).catch(() => {
        throw new Unanswered();
      });
      const text = typed.trim();
      const read = reader(text === '' ? (usual ?? '') : text);
      if ('value' in read) return read.value;
      say(`  ${read.fault}`);
    }
  }

  return { ask, say, close: () => lines.close() };
}
