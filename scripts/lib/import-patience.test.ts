/** An upload waits for another import, and not forever. */
import { describe, expect, it } from 'vitest';
import { patienceSeconds, uploadWhenFree } from './import-patience.ts';

const done = { status: 201, body: '{}' };
const busy = { status: 409, body: '{"code":"import-running","retryAfterSeconds":15}' };

async function uploaded(answers: readonly { status: number; body: string }[]) {
  const waits: number[] = [];
  const lines: string[] = [];
  let uploads = 0;
  const answer = await uploadWhenFree(
    async () => {
      uploads += 1;
      return answers[uploads - 1] ?? busy;
    },
    { wait: async (seconds) => void waits.push(seconds), say: (line) => lines.push(line) },
  );
  return { answer, waits, lines, uploads };
}

describe('an upload that meets another import', () => {
  it('waits as long as it is told, says so, and tries again', async () => {
    const { answer, waits, lines } = await uploaded([busy, busy, done]);
    expect(answer).toBe(done);
    expect(waits).toEqual([15, 15]);
    expect(lines[0]).toMatch(/Another import is running\. This one tries again in 15 s, and gives up after 10 minutes/);
  });

  it('gives up when its patience ends, with the refusal', async () => {
    const { answer, waits } = await uploaded([]);
    expect(answer).toBe(busy);
    expect(waits).toHaveLength(patienceSeconds / 15);
  });
});

describe('any other answer', () => {
  it.each([
    [409, '{"code":"request-in-progress"}'],
    [409, 'no JSON'],
    [409, '{"code":"import-running"}'],
    [400, busy.body],
    [503, ''],
  ])('%i %s is not waited for', async (status, body) => {
    expect(await uploaded([{ status, body }])).toMatchObject({ answer: { status, body }, waits: [], uploads: 1 });
  });
});
