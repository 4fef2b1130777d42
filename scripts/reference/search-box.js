/**
 * The field that searches: a combobox whose list is worked by arrows, Enter and Escape, and read out by screen readers. The
 * list of what can be found is fetched when the field is first used.
 */
import { search } from './ranking.ts';

let entries;

function loaded() {
  entries ??= fetch('/docs/search.json').then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  });
  // What failed is asked for again.
  entries.catch(() => (entries = undefined));
  return entries;
}

function rowOf([kind, name, detail, href], place, make) {
  const link = make(
    'a',
    { href, tabIndex: -1 },
    make('b', { className: kind.toLowerCase(), textContent: kind }),
    make('span', { textContent: name }),
    make('small', { textContent: detail }),
  );
  const row = make('li', { id: `found-${place}`, role: 'option' }, link);
  row.ariaSelected = 'false';
  return row;
}

export function prepareSearch($, make) {
  const input = $('.search input');
  const results = $('.search ol');
  let chosen = 0;
  let asked = '';

  const choose = (index) => {
    chosen = Math.max(0, Math.min(index, results.children.length - 1));
    for (const [place, row] of [...results.children].entries()) row.ariaSelected = String(place === chosen);
    const row = results.children[chosen];
    if (row?.id) input.setAttribute('aria-activedescendant', row.id);
    else input.removeAttribute('aria-activedescendant');
    // Only the list moves: scrollIntoView would take the page along.
    const below = row.offsetTop + row.offsetHeight - results.clientHeight;
    results.scrollTop = Math.max(below, Math.min(results.scrollTop, row.offsetTop));
  };
  const open = (isOpen) => {
    results.hidden = !isOpen;
    input.ariaExpanded = String(isOpen);
    if (!isOpen) input.removeAttribute('aria-activedescendant');
  };
  const close = () => {
    open(false);
    input.value = '';
    asked = '';
  };
  const showRows = async () => {
    asked = input.value;
    if (asked.trim() === '') return open(false);
    const mine = asked;
    let rows;
    try {
      const list = await loaded();
      rows = search(list, mine).map((entry, place) => rowOf(entry, place, make));
      if (rows.length === 0) rows = [make('li', { textContent: 'Nothing is called like this.' })];
    } catch {
      rows = [make('li', { textContent: 'The shop did not answer. Is it running?' })];
    }
    if (mine !== asked) return;
    results.replaceChildren(...rows);
    open(true);
    choose(0);
  };

  input.hidden = false;
  input.addEventListener('focus', () => loaded().catch(() => {}));
  input.addEventListener('input', showRows);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      close();
      input.blur();
    } else if (results.hidden) return;
    else if (event.key === 'ArrowDown') choose(chosen + 1);
    else if (event.key === 'ArrowUp') choose(chosen - 1);
    else if (event.key === 'Enter') $('a', results.children[chosen])?.click();
    else return;
    event.preventDefault();
  });
  $('.search').addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget !== null && !relatedTarget.closest('.search')) open(false);
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.closest('input, textarea') !== null;
    const isPlain = !(event.ctrlKey || event.metaKey || event.altKey);
    if ((event.key === '/' && isPlain && !isTyping) || (event.key === 'k' && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      input.focus();
    }
  });
  document.addEventListener('click', (event) => {
    if (event.target.closest('.search a')) input.blur();
    if (!event.target.closest('.search') || event.target.closest('.search a')) close();
  });
}
