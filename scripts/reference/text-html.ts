/** Text as HTML: escaping, code that can be copied, and JSON in colours. */

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** One line of text in which code stands between backticks. */
export function inline(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

/** A sentence as it should end. */
export function sentence(text: string): string {
  return inline(/[.!?:)]$/.test(text) ? text : `${text}.`);
}

/** A block of code. The page's script gives each a button that copies it. */
export function block(text: string, language = ''): string {
  const inner = language === 'json' ? jsonHtml(text) : escapeHtml(text);
  return `<pre tabindex="0"><code>${inner}</code></pre>`;
}

/** Names, texts and numbers told apart. */
function jsonHtml(text: string): string {
  const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null|-?\d+(?:\.\d+)?)\b/g;
  let html = '';
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [whole, quoted, colon] = match;
    html += escapeHtml(text.slice(end, match.index));
    end = match.index + whole.length;
    if (quoted === undefined) html += `<i>${whole}</i>`;
    else html += colon === undefined ? `<s>${escapeHtml(quoted)}</s>` : `<b>${escapeHtml(quoted)}</b>${colon}`;
  }
  return html + escapeHtml(text.slice(end));
}
