/**
 * Which secrets and variables a Worker reads: `settings.json` in its folder, and nowhere else. A test holds each file against the
 * code that the Worker runs. A Worker without the file reads none.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { projectRoot, type WorkerName } from '../configs.ts';

const settingName = z.string().regex(/^[A-Z][A-Z0-9_]*$/);

const WorkerSettings = z.strictObject({
  /** A Worker is not deployed without what it requires. */
  secrets: z.record(settingName, z.enum(['required', 'optional'])).default({}),
  vars: z.array(settingName).default([]),
});
export type WorkerSettings = z.infer<typeof WorkerSettings>;

/** While a secret is exchanged, the Workers that read it take the one before too, under this name. */
export function previousNameOf(secret: string): string {
  return `${secret}_PREVIOUS`;
}

/** Throws with the name of the file when it is not understood. */
export function workerSettingsOf(name: WorkerName, root: string = projectRoot): WorkerSettings {
  const file = path.join(root, 'workers', name, 'settings.json');
  if (!existsSync(file)) return { secrets: {}, vars: [] };
  const parsed = WorkerSettings.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} is not understood:\n${z.prettifyError(parsed.error)}`);
}
