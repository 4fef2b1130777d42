/** Text as HTML: escaping, and the little Markdown that the descriptions use (paragraphs, lists, code). */

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

export function prose(markdown: string): string {
  return markdown
    .split('\n\n')
    .map((block) => {
      if (!block.startsWith('- ')) return `<p>${inline(block)}</p>`;
      const items = block.split('\n').map((line) => `<li>${inline(line.slice(2))}</li>`);
      return `<ul>${items.join('')}</ul>`;
    })
    .join('\n');
}

/** One line of it: no paragraphs, no lists. */
export function inline(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
