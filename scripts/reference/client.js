/**
 * The script of the reference: buttons that copy, calls to the running shop, and going from page to page. The pages can be
 * read without it.
 * What is typed into the fields for keys is kept in this script's memory, and pages are exchanged without a reload so that it
 * lasts; it is written nowhere.
 */
import { prepareSearch } from './search-box.js';

const secrets = {};
const usualOrigin = 'http://127.0.0.1:8787';

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

/* Copying */

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Browsers have no clipboard on a page that came over plain http from another machine.
  const area = make('textarea', { value: text });
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (!isCopied) throw new Error('The browser does not copy.');
}

function addCopyButtons(root) {
  for (const pre of $$('pre', root)) {
    const button = make('button', { type: 'button', className: 'copy', textContent: 'Copy' });
    button.addEventListener('click', async () => {
      button.textContent = await copy($('code', pre).textContent).then(
        () => 'Copied',
        () => 'Not copied: select it',
      );
      button.focus();
      setTimeout(() => (button.textContent = 'Copy'), 1500);
    });
    const frame = make('div', { className: 'block' });
    pre.replaceWith(frame);
    frame.append(button, pre);
  }
}

/** Calls are written for the usual address; here they name the shop that the page came from. */
function nameThisShop(root) {
  if (location.origin === usualOrigin) return;
  for (const code of $$('pre code', root)) {
    const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      if (text.data.includes(usualOrigin)) text.data = text.data.replaceAll(usualOrigin, location.origin);
    }
  }
}

/* Trying */

function randomKey() {
  return crypto.randomUUID
    ? crypto.randomUUID()
    : [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function send(form) {
  const { method, path } = form.dataset;
  const headers = {};
  const query = new URLSearchParams();
  let address = path;
  let body;
  for (const field of $$('[data-in]', form)) {
    if (field.value === '') continue;
    const place = field.dataset.in;
    if (place === 'path') address = address.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (place === 'query') query.append(field.name, field.value);
    else if (place === 'header') headers[field.name] = field.value;
    else {
      body = field.value;
      headers['Content-Type'] = field.dataset.type;
    }
  }
  const secret = $('[data-secret]', form);
  if (secret?.value) headers.Authorization = `Bearer ${secret.value}`;
  if ('key' in form.dataset) headers['Idempotency-Key'] = randomKey();
  const search = query.size > 0 ? `?${query}` : '';
  const startedAt = performance.now();
  const answer = await fetch(address + search, { method, headers, body, credentials: 'omit', redirect: 'follow' });
  const text = await answer.text();
  return { answer, text, milliseconds: Math.round(performance.now() - startedAt) };
}

function shown(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function tryIt(form) {
  const output = $('output', form);
  const button = $('button', form);
  output.replaceChildren('…');
  button.disabled = true;
  try {
    output.replaceChildren(...answerParts(await send(form)));
    addCopyButtons(output);
  } catch (error) {
    output.replaceChildren(make('p', { className: 'bad' }, `No answer: ${error.message}`));
  } finally {
    button.disabled = false;
  }
}

const headersShown = ['ETag', 'Location', 'Retry-After', 'Idempotency-Replayed', 'X-Request-Id'];

function answerParts({ answer, text, milliseconds }) {
  const line = make('p', { className: answer.ok ? 'good' : 'bad' }, `${answer.status} in ${milliseconds} ms`);
  const notes = headersShown
    .filter((name) => answer.headers.has(name))
    .map((name) => make('p', {}, make('small', { textContent: `${name}: ${answer.headers.get(name)}` })));
  const code = /^\/problems\/[\w-]+$/.exec(fieldOf(text, 'type'))?.[0];
  if (code) line.append(', ', make('a', { href: code, textContent: 'what that means' }));
  const pre = text === '' ? [] : [make('pre', { tabIndex: 0 }, make('code', { textContent: shown(text) }))];
  return [line, ...notes, ...pre];
}

function fieldOf(text, name) {
  try {
    return JSON.parse(text)?.[name];
  } catch {
    return undefined;
  }
}

document.addEventListener('submit', (event) => {
  if (!event.target.matches('.try form')) return;
  event.preventDefault();
  tryIt(event.target);
});

document.addEventListener('input', (event) => {
  const kind = event.target.dataset.secret;
  if (kind === undefined) return;
  secrets[kind] = event.target.value;
  for (const other of $$(`[data-secret="${kind}"]`)) if (other !== event.target) other.value = event.target.value;
});

/* Going from page to page */

function prepare() {
  nameThisShop($('main'));
  addCopyButtons($('main'));
  for (const field of $$('[data-secret]')) field.value = secrets[field.dataset.secret] ?? '';
  const nav = $('nav');
  const place = $('[aria-current]', nav)?.offsetTop ?? 0;
  if (place > nav.clientHeight) nav.scrollTop = place - nav.clientHeight / 2;
}

/** `:target` is set by a load only, so the script marks the place itself. */
function goToHash() {
  $('.here')?.classList.remove('here');
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  target?.classList.add('here');
  return target;
}

let showing = 0;

/** Puts a page in place of the present one, at its place or where the reader had left it. */
async function show(address, scrollTop) {
  const mine = ++showing;
  let page;
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(String(answer.status));
    page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  } catch {
    return location.assign(address + location.hash);
  }
  if (mine !== showing) return;
  document.title = page.title;
  for (const part of ['nav', 'main']) $(part).replaceWith(document.adoptNode($(part, page)));
  openMenu(false);
  prepare();
  const target = goToHash();
  // The keyboard goes on from here, and a screen reader reads what is new.
  const start = target ?? $('h1');
  start.tabIndex = -1;
  start.focus({ preventScroll: true });
  if (scrollTop === undefined && target) target.scrollIntoView();
  else scrollTo(0, scrollTop ?? 0);
}

let shownPath = location.pathname;
document.addEventListener('click', (event) => {
  const link = event.target.closest('a');
  if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { origin, pathname, href } = link;
  if (link.closest('nav')) openMenu(false);
  if (origin !== location.origin || !/^\/docs(\/|$)/.test(pathname) || pathname === location.pathname) return;
  event.preventDefault();
  history.replaceState({ scrollTop: scrollY }, '');
  history.pushState(null, '', href);
  shownPath = pathname;
  show(pathname);
});
addEventListener('popstate', ({ state }) => {
  if (location.pathname === shownPath) return goToHash();
  shownPath = location.pathname;
  show(location.pathname, state?.scrollTop);
});
addEventListener('hashchange', goToHash);

// Where the reader is belongs to the entry of the history, for the way back.
let isSaved = true;
addEventListener('scroll', () => {
  if (!isSaved) return;
  isSaved = false;
  setTimeout(() => {
    isSaved = true;
    if (location.pathname === shownPath) history.replaceState({ scrollTop: scrollY }, '');
  }, 200);
});

const menu = $('.menu');
function openMenu(isOpen) {
  document.body.classList.toggle('open', isOpen);
  menu.ariaExpanded = String(isOpen);
}
menu.hidden = false;
menu.addEventListener('click', () => openMenu(!document.body.classList.contains('open')));
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') openMenu(false);
});
prepareSearch($, make);
prepare();
goToHash();
