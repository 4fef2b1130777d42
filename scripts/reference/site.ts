/** All pages of the reference by their addresses, and the content security policy under which they are served. */
import type { OpenApiDocument } from '../openapi/document.ts';
import { renderDocs } from './docs-page.ts';

export interface Site {
  readonly pages: Readonly<Record<string, string>>;
  readonly policy: string;
}

export function renderSite(document: OpenApiDocument): Site {
  return {
    pages: { '/docs': renderDocs(document) },
    policy: "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  };
}
