/** The committed OpenAPI document is what the contracts say, and the router stays light. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { readContracts } from '../../scripts/openapi/contracts.ts';
import { buildDocument } from '../../scripts/openapi/document.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const contracts = await readContracts();
const document = buildDocument(contracts);

function collect(value: unknown, key: string, found: unknown[] = []): unknown[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [name, member] of Object.entries(value)) {
    if (name === key) found.push(member);
    collect(member, key, found);
  }
  return found;
}

describe('the generated documents', () => {
  it('are committed as they are generated', async () => {
    expect(await readFile(path.join(root, 'openapi.json'), 'utf8')).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });

  it('refer only to parts that exist', () => {
    const resolve = (ref: unknown) =>
      String(ref)
        .slice(2)
        .split('/')
        .reduce<unknown>(
          (part, name) => (typeof part === 'object' && part !== null ? Reflect.get(part, name) : undefined),
          document,
        );
    expect(collect(document, '$ref').filter((ref) => resolve(ref) === undefined)).toEqual([]);
  });

  it('show an example that its own schema takes, for every JSON body', () => {
    const bodies = contracts.operations.filter(
      ({ body, path: address }) => body !== undefined && !address.startsWith('/sandbox/'),
    );
    const examples = new Map(
      Object.values(document.paths).flatMap((methods) =>
        Object.values(methods).map((operation) => [
          String(operation.operationId),
          collect(operation.requestBody, 'example')[0],
        ]),
      ),
    );
    expect(
      bodies.filter(({ id, body }) => body?.safeParse(examples.get(id)).success !== true).map(({ id }) => id),
    ).toEqual([]);
  });

  it('say of every refusal in a document which code it has', () => {
    for (const [address, methods] of Object.entries(document.paths)) {
      for (const operation of Object.values(methods)) {
        const statuses = Object.keys(operation.responses as object);
        expect(statuses, address).toEqual(expect.arrayContaining(['429', '500', '503']));
      }
    }
  });

  it('begin with the products and end with what is watched', () => {
    const tags = document.tags.map(({ name }) => name);
    expect([tags[0], ...tags.slice(-2)]).toEqual(['products', 'admin health', 'router']);
  });
});

describe('the bundle of the router', () => {
  it('holds no schema library and no framework', async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: ['workers/router/index.ts'],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      external: ['cloudflare:*', 'node:*'],
    });
    const [output] = Object.values(metafile.outputs);
    const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    expect(inputs.map(([file]) => file).filter((file) => file.startsWith('node_modules/'))).toEqual([]);
  });
});
