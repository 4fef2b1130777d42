/**
 * The script of the reference: search, buttons that copy, and calls to the running shop. The pages can be read without it.
 * What is typed into the fields for keys is kept in this script's memory, and pages are exchanged without a reload so that it
 * lasts; it is written nowhere.
 */
const secrets = {};
let list;

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
  document.execCommand('copy');
  area.remove();
}

function addCopyButtons(root) {
  for (const pre of $$('pre', root)) {
    const button = make('button', { type: 'button', className: 'copy', textContent: 'Copy' });
    button.addEventListener('click', async () => {
      await copy($('code', pre).textContent);
      button.textContent = 'Copied';
      setTimeout(() => (button.textContent = 'Copy'), 1500);
    });
    const frame = make('div', { className: 'block' });
    pre.replaceWith(frame);
    frame.append(pre, button);
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
  output.replaceChildren('…');
  try {
    const { answer, text, milliseconds } = await send(form);
    const named = ['ETag', 'Location', 'Retry-After', 'Idempotency-Replayed'];
    const notes = named
      .filter((name) => answer.headers.has(name))
      .map((name) => `${name}: ${answer.headers.get(name)}`);
    const line = make('p', { className: answer.ok ? 'good' : 'bad' }, `${answer.status} in ${milliseconds} ms`);
    const pre = make('pre', { tabIndex: 0 }, make('code', { textContent: shown(text) }));
    output.replaceChildren(line, ...notes.map((note) => make('p', {}, make('small', { textContent: note }))), pre);
    addCopyButtons(output);
  } catch (error) {
    output.replaceChildren(make('p', { className: 'bad' }, `The shop did not answer: ${error.message}`));
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

/* Searching */

function score([, name, detail, , words], wanted) {
  const title = name.toLowerCase();
  const rest = `${detail} ${words}`.toLowerCase();
  let sum = 0;
  for (const word of wanted) {
    if (title.startsWith(word)) sum += 8;
    else if (title.includes(` ${word}`) || title.includes(`-${word}`)) sum += 6;
    else if (title.includes(word)) sum += 4;
    else if (rest.includes(word)) sum += 1;
    else return 0;
  }
  return sum - title.length / 1000;
}

async function find(text) {
  list ??= fetch('/docs/search.json').then((answer) => answer.json());
  const wanted = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const entries = await list;
  if (wanted.length === 0) return [];
  return entries
    .map((entry) => [score(entry, wanted), entry])
    .filter(([sum]) => sum > 0)
    .sort(([left], [right]) => right - left)
    .slice(0, 12)
    .map(([, entry]) => entry);
}

function prepareSearch() {
  const input = $('.search input');
  const results = $('.search ol');
  let chosen = 0;
  const choose = (index) => {
    chosen = Math.max(0, Math.min(index, results.children.length - 1));
    for (const [place, row] of [...results.children].entries()) row.classList.toggle('chosen', place === chosen);
    results.children[chosen]?.scrollIntoView({ block: 'nearest' });
  };
  const close = () => {
    results.hidden = true;
    input.value = '';
    input.blur();
  };
  input.hidden = false;
  input.addEventListener('focus', () => find(''));
  input.addEventListener('input', async () => {
    const asked = input.value;
    const found = await find(asked);
    if (asked !== input.value) return;
    results.hidden = asked.trim() === '';
    const rows = found.map(([kind, name, detail, href]) =>
      make(
        'li',
        {},
        make(
          'a',
          { href },
          make('b', { className: kind.toLowerCase(), textContent: kind }),
          make('span', { textContent: name }),
          make('small', { textContent: detail }),
        ),
      ),
    );
    results.replaceChildren(...(rows.length > 0 ? rows : [make('li', { textContent: 'Nothing has this name.' })]));
    choose(0);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') choose(chosen + 1);
    else if (event.key === 'ArrowUp') choose(chosen - 1);
    else if (event.key === 'Enter') $('a', results.children[chosen] ?? results)?.click();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.closest('input, textarea') !== null;
    if ((event.key === '/' && !isTyping) || (event.key === 'k' && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      input.focus();
    }
  });
  document.addEventListener('click', (event) => {
    if (!event.target.closest('.search') || event.target.closest('.search a')) close();
  });
}

/* Going from page to page */

function prepare() {
  addCopyButtons($('main'));
  for (const field of $$('[data-secret]')) field.value = secrets[field.dataset.secret] ?? '';
  $('nav [aria-current]')?.scrollIntoView({ block: 'nearest' });
}

function goToHash() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) target.scrollIntoView();
  else scrollTo(0, 0);
}

async function show(address) {
  const answer = await fetch(address);
  if (!answer.ok) return location.assign(address);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  document.title = page.title;
  for (const part of ['nav', 'main']) $(part).replaceWith(document.adoptNode($(part, page)));
  document.body.classList.remove('open');
  prepare();
  goToHash();
}

let shownPath = location.pathname;
document.addEventListener('click', (event) => {
  const link = event.target.closest('a');
  if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { origin, pathname, href } = link;
  if (origin !== location.origin || !/^\/docs(\/|$)/.test(pathname) || pathname === location.pathname) return;
  event.preventDefault();
  history.pushState(null, '', href);
  shownPath = pathname;
  show(pathname);
});
addEventListener('popstate', () => {
  if (location.pathname === shownPath) return;
  shownPath = location.pathname;
  show(location.pathname);
});

const menu = $('.menu');
menu.hidden = false;
menu.addEventListener('click', () => document.body.classList.toggle('open'));
document.documentElement.classList.add('script');
prepareSearch();
prepare();
