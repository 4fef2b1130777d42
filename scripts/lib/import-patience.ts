/** A shop runs one import at a time. An upload that meets another one waits for it, within bounds, and says so. */
import * as z from 'zod';
import type { Answer } from './import-upload.ts';

/** Longer than a large import takes. */
export const patienceSeconds = 600;

const Busy = z.looseObject({ code: z.literal('import-running'), retryAfterSeconds: z.int().min(1).max(60) });

/** Uploads until no other import is in the way. When patience ends, the last refusal is the answer. */
export async function uploadWhenFree(
  upload: () => Promise<Answer>,
  { wait, say }: { readonly wait: (seconds: number) => Promise<void>; readonly say: (line: string) => void },
): Promise<Answer> {
  for (let waitedSeconds = 0; ; ) {
    const answer = await upload();
    const seconds = waitOf(answer);
    if (seconds === null || waitedSeconds + seconds > patienceSeconds) return answer;
    say(
      `Another import is running. This one tries again in ${seconds} s, and gives up after ${patienceSeconds / 60} minutes.`,
    );
    await wait(seconds);
    waitedSeconds += seconds;
  }
}

/** Null when the answer is not that another import is running. */
function waitOf({ status, body }: Answer): number | null {
  if (status !== 409) return null;
  try {
    const busy = Busy.safeParse(JSON.parse(body));
    return busy.success ? busy.data.retryAfterSeconds : null;
  } catch {
    return null;
  }
}
