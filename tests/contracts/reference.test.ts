/**
 * The reference at `/docs` and what it shows: recorded answers that still are as their operations say, a sentence for every
 * field, pages that run nothing but their own script, and links that lead somewhere.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/configs.ts';
import { makeSite } from '../../scripts/lib/reference.ts';
import { readContracts } from '../../scripts/openapi/contracts.ts';
import { buildDocument } from '../../scripts/openapi/document.ts';
import { eventTexts } from '../../scripts/openapi/events.ts';
import { fieldsWithoutText } from '../../scripts/openapi/field-texts.ts';
import { notRecorded } from '../../scripts/openapi/recorded.ts';
import { Envelope } from '../../shared/events/envelope.ts';
import { subscriptions } from '../../shared/events/subscriptions.ts';

const contracts = await readContracts();
const document = buildDocument(contracts);
const { recorded, events } = contracts;
const published = contracts.operations.filter(({ path: address }) => !address.startsWith('/sandbox/'));
const site = await makeSite(await readFile(path.join(projectRoot, 'openapi.json'), 'utf8'));
const pages = Object.entries(site.texts).filter(([address]) => !address.endsWith('.json'));

describe('the recorded answers', () => {
  it('are there for every operation, or it says why there can be none', () => {
    const silent = published.filter(({ id }) => !(id in recorded.operations || id in notRecorded)).map(({ id }) => id);
    expect(silent, 'Add a call to scripts/openapi/record/journeys.ts and run: npm run openapi:record').toEqual([]);
    const ids = new Set(published.map(({ id }) => id));
    const gone = [...Object.keys(recorded.operations), ...Object.keys(notRecorded)].filter((id) => !ids.has(id));
    expect(gone, 'No operation has this id any more. Run: npm run openapi:record').toEqual([]);
  });

  it.each(published.filter(({ id }) => id in recorded.operations))(
    'of $id are as the operation says, question and answer',
    ({ id, body, answer, status, alsoStatus = [] }) => {
      const call = recorded.operations[id];
      expect([status, ...alsoStatus]).toContain(call?.status);
      if (call?.body !== undefined && body !== undefined) expect(body.safeParse(call.body).error).toBeUndefined();
      if (call?.status !== 204) expect(answer.safeParse(call?.answer).error).toBeUndefined();
    },
  );

  it('hold nothing of the machine that recorded them', () => {
    expect(JSON.stringify(recorded)).not.toMatch(/127\.0\.0\.1:(?!8787)|\/tmp\/|vak_/);
  });

  it('show events that are as their types say', () => {
    for (const [type, example] of Object.entries(recorded.events)) {
      const { position: _position, receivedAt: _receivedAt, ...envelope } = example as Record<string, unknown>;
      expect(Envelope.safeParse(envelope).error, type).toBeUndefined();
      expect(events.get(type)?.safeParse(envelope.data).error, type).toBeUndefined();
    }
  });
});

describe('every field', () => {
  it('has a sentence that says what it means', () => {
    expect(fieldsWithoutText(document), 'Describe it in its schema or in scripts/openapi/field-texts').toEqual([]);
  });

  it('of which the schema speaks itself keeps those words', () => {
    const schemas = { Thing: { properties: { name: { description: 'Its own.' }, stranger: {} } } };
    const paths = {};
    expect(fieldsWithoutText({ paths, 'x-events': {}, components: { schemas } })).toEqual(['Thing.stranger']);
  });
});

describe('the events', () => {
  it('are all told, each with a sentence', () => {
    expect(Object.keys(document['x-events']).sort()).toEqual(Object.keys(subscriptions).sort());
    expect(Object.keys(eventTexts).sort()).toEqual(Object.keys(subscriptions).sort());
  });
});

describe('the pages', () => {
  it('run nothing but the one script that their policy names', () => {
    expect(site.policy).toMatch(
      /default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; connect-src 'self'/,
    );
    expect(site.policy).not.toMatch(/unsafe|https?:|\*/);
    for (const [address, html] of pages)
      expect(html, address).not.toMatch(/<script|<style|<link|\sstyle=|\son\w+=|<img|<iframe/i);
  });

  it('lead to pages and places that exist', () => {
    const idsOf = (html: string) => new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id = '']) => id));
    const ids = new Map(pages.map(([address, html]) => [address, idsOf(html)]));
    const broken = pages.flatMap(([address, html]) =>
      [...html.matchAll(/href="(\/docs[^"#]*)?(?:#([^"]+))?"/g)]
        .filter(([, page = address, place]) => !(ids.has(page) && (place === undefined || ids.get(page)?.has(place))))
        .map(([link]) => `${address}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('name every operation once, and the search finds it by name, id and address', () => {
    const text = pages.map(([, html]) => html).join('\n');
    for (const { id } of published) expect(text.split(`<article id="${id}">`), id).toHaveLength(2);
    const found: unknown[][] = JSON.parse(site.texts['/docs/search.json'] ?? '[]');
    expect(found).toContainEqual([
      'POST',
      'Start checkout',
      '/v1/checkouts',
      '/docs/checkouts#startCheckout',
      expect.stringContaining('startCheckout'),
    ]);
  });

  it('are light: no page is heavier than 300 KB, and all together pack into half a megabyte', async () => {
    for (const [address, html] of pages) expect(html.length, address).toBeLessThan(300_000);
    const packed = await readFile(path.join(projectRoot, 'workers/router/reference.generated.ts'));
    expect(packed.byteLength).toBeLessThan(512 * 1024);
  });
});
