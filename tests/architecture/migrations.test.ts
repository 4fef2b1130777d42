/**
 * A migration runs everywhere, not only here: D1 cuts a file into statements on its side, and takes a trigger for one only
 * where its body is on the line and in capitals.
 *
 * @see https://github.com/cloudflare/workers-sdk/issues/10998
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../scripts/configs.ts';

const folder = path.join(projectRoot, 'migrations');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sql'));

/** What D1 would cut in the wrong place. */
function cutBadly(sql: string): readonly string[] {
  return sql
    .split('\n')
    .filter((line) => (/\btrigger\b/i.test(line) ? !/^CREATE TRIGGER .* BEGIN .*; END;$/.test(line) : false))
    .filter((line) => !line.startsWith('--'));
}

test.each(files)('%s has every trigger in capitals and on one line', (file) => {
  expect(cutBadly(readFileSync(path.join(folder, file), 'utf8'))).toEqual([]);
});

test('a trigger in small letters or over several lines is found', () => {
  expect(cutBadly('create trigger t after insert on a begin update b set c = 1; end;')).toHaveLength(1);
  expect(cutBadly('CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  UPDATE b SET c = 1;\nEND;')).toHaveLength(1);
});
