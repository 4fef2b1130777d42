/** No route or event handler uses a store or a database, and every way to do so is seen. */
import { createVirtualFileSystem } from 'typescript/unstable/fs';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/configs.ts';
import { isTest, readSources } from './sources.ts';
import { storeCalls, thinFiles } from './store-calls.ts';

const files = readSources()
  .map(({ file }) => file)
  .filter((file) => thinFiles.test(file) && !isTest(file));

describe('the routes and event handlers of the project', () => {
  it('use no store and no database', () => {
    expect(storeCalls(files, projectRoot)).toEqual([]);
  });

  it('are found', () => {
    expect(files.length).toBeGreaterThan(15);
  });
});

describe('a route that reaches a store', () => {
  const planted = {
    'direct.ts': "import { load } from '../store.ts'; load('x');",
    'context.ts': "import { contextOf } from '../context.ts'; contextOf().letters.page();",
    'alias.ts': "import { contextOf } from '../context.ts'; const { letters } = contextOf(); letters.page();",
    'database.ts': "import { contextOf } from '../context.ts'; contextOf().db.prepare('select 1');",
    'service.ts':
      "import { contextOf } from '../context.ts'; import { pageOf } from '../service.ts'; pageOf(contextOf().db);",
  };
  const names = Object.keys(planted);
  const shop = '/shop/workers/shop';
  const fs = createVirtualFileSystem({
    '/shop/tsconfig.json': JSON.stringify({
      compilerOptions: {
        noLib: true,
        strict: true,
        target: 'esnext',
        module: 'esnext',
        allowImportingTsExtensions: true,
        noEmit: true,
      },
      include: ['**/*.ts'],
    }),
    [`${shop}/store.ts`]:
      'export function load(id: string) { return id; } export class Letters { page() { return 1; } }',
    [`${shop}/context.ts`]:
      "import { Letters } from './store.ts'; interface D1Database { prepare(sql: string): void } declare const db: D1Database; export const contextOf = () => ({ letters: new Letters(), db });",
    [`${shop}/service.ts`]: 'export function pageOf(db: object) { return db; }',
    ...Object.fromEntries(names.map((name) => [`${shop}/routes/${name}`, planted[name as keyof typeof planted]])),
  });
  const found = storeCalls(
    names.map((name) => `workers/shop/routes/${name}`),
    '/shop',
    { fs },
  );

  it.each([
    ['imports it', 'direct.ts', 'load'],
    ['has it from its context', 'context.ts', 'contextOf().letters.page'],
    ['takes it out of its context', 'alias.ts', 'letters.page'],
    ['asks the database itself', 'database.ts', 'contextOf().db.prepare'],
  ])('and %s is seen', (_way, name, call) => {
    expect(found.filter((one) => one.includes(`/${name} `))).toEqual([`workers/shop/routes/${name} calls ${call}`]);
  });

  it('through the service is not one', () => {
    expect(found.filter((one) => one.includes('/service.ts '))).toEqual([]);
  });
});
