/**
 * Makes the texts that the router serves as they are: the pages below `/docs`, and `/openapi.json`. They are packed (gzip in
 * base 64) into one module of the router, so that its start parses no more than a few short strings. The module carries
 * the hash of everything that it was made from and is written again only when that changes.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { projectRoot } from '../configs.ts';
import type { Site } from '../reference/site.ts';

const moduleFile = 'workers/router/reference.generated.ts';
const documentFile = 'openapi.json';
const sourceFolders = ['scripts/reference', 'docs/guides'];

/** Brings the module up to date and answers whether it had to be written. */
export async function prepareReference(): Promise<boolean> {
  const document = await readFile(path.join(projectRoot, documentFile), 'utf8');
  const stamp = await stampOf(document);
  const target = path.join(projectRoot, moduleFile);
  const present = await readFile(target, 'utf8').catch(() => '');
  if (present.includes(stamp)) return false;
  const temporary = `${target}.${process.pid}`;
  await writeFile(temporary, moduleText(stamp, await makeSite(document), JSON.stringify(JSON.parse(document))));
  await rename(temporary, target);
  return true;
}

/** Renders the pages from the text of the OpenAPI document. The renderer is loaded only here: it must not slow down a start. */
export async function makeSite(document: string): Promise<Site> {
  const [{ renderSite }, { build }] = await Promise.all([import('../reference/site.ts'), import('esbuild')]);
  const minified = async (file: string): Promise<string> => {
    const entry = path.join(projectRoot, 'scripts/reference', file);
    const options = { bundle: true, format: 'iife', minify: true, legalComments: 'none', write: false } as const;
    const { outputFiles } = await build({ entryPoints: [entry], ...options });
    return outputFiles.map(({ text }) => text.trim()).join('');
  };
  const guideFiles = await filesIn(['docs/guides']);
  const guides = await Promise.all(
    guideFiles.map(async (file) => [path.basename(file), await readFile(file, 'utf8')] as const),
  );
  const [style, script] = await Promise.all([minified('style.css'), minified('client.js')]);
  return renderSite({ document: JSON.parse(document), guides: new Map(guides), style, script });
}

async function stampOf(document: string): Promise<string> {
  const hash = createHash('sha256').update(document);
  for (const file of [path.join(projectRoot, 'scripts/lib/reference.ts'), ...(await filesIn(sourceFolders))])
    hash.update(await readFile(file));
  return hash.digest('hex');
}

async function filesIn(folders: readonly string[]): Promise<readonly string[]> {
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(path.join(projectRoot, folder), { withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(projectRoot, folder, name));
    }),
  );
  return lists.flat().sort();
}

function moduleText(stamp: string, { head, foot, policy, texts }: Site, document: string): string {
  const packed = Object.entries({ ...texts, '/openapi.json': document }).map(
    ([address, text]) => `    '${address}': '${pack(text)}',`,
  );
  return `/** What the router serves as it is. Made by \`scripts/lib/reference.ts\` from ${stamp}. */
import type { Documents } from './documents.ts';

export const documents: Documents = {
  policy: ${JSON.stringify(policy)},
  head: '${pack(head)}',
  foot: '${pack(foot)}',
  texts: {
${packed.join('\n')}
  },
};
`;
}

function pack(text: string): string {
  return gzipSync(text, { level: 9 }).toString('base64');
}
