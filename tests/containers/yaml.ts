/** Reads the YAML files of the container and Kubernetes set-up: duplicate keys and unknown tags are errors, merge keys are resolved. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type * as z from 'zod';
import { projectRoot } from '../../scripts/configs.ts';

/** Every document of a file, as the schema knows it. Throws with the file's name when one is not as it should be. */
export function readYaml<Value>(file: string, schema: z.ZodType<Value>): Value[] {
  const text = readFileSync(path.join(projectRoot, file), 'utf8');
  return parseAllDocuments(text, { merge: true, uniqueKeys: true }).map((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) throw new Error(`${file}: ${fault.message}`);
    const parsed = schema.safeParse(document.toJS());
    if (!parsed.success) throw new Error(`${file}: ${parsed.error.message}`);
    return parsed.data;
  });
}
