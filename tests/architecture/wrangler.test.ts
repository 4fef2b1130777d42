/** The wrangler files agree with each other and with the table of subscriptions, and every rule can fail. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseWrangler, projectRoot, readWorkers, workerNames } from '../../scripts/configs.ts';
import { subscriptions } from '../../shared/events/subscriptions.ts';
import { type Wiring, wranglerRules } from './wrangler-rules.ts';

const wiring: Wiring = { workers: readWorkers(), subscriptions };

describe('the wrangler files', () => {
  it.each(wranglerRules.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    expect(rule.faults(wiring)).toEqual([]);
  });

  it('are all in the list of Workers', () => {
    const folders = readdirSync(path.join(projectRoot, 'workers'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(folders.map(({ name }) => name).sort()).toEqual([...workerNames].sort());
  });
});

describe('each rule refuses its planted violation', () => {
  it.each(wranglerRules.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    expect(rule.faults(rule.plant(wiring))).not.toEqual([]);
  });
});

describe('a wrangler file with a setting that the scripts do not know', () => {
  it('is refused with the name of the file and of the setting', () => {
    const text =
      'name = "x"\nmain = "index.ts"\ncompatibility_date = "2026-11-01"\n[[kv_namespaces]]\nbinding = "KV"\nid = "1"\n';
    expect(() => parseWrangler(text, 'workers/x/wrangler.toml')).toThrow(
      /workers\/x\/wrangler\.toml[\s\S]*kv_namespaces/,
    );
  });
});
