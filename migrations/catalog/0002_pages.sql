-- What storefronts are shown of a product, as text with holes for what changes without a new version (stock). Filling the
-- holes costs a tenth of building the answer from the document. A product that was last written before this migration has
-- no page yet and is shown from its document.
alter table products add column currency text not null default '';
alter table products add column page text not null default '';
