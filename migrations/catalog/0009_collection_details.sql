-- What a collection shows beside its title and description, as JSON: image, SEO and metafields.
alter table collections add column details text not null default '{"image":null,"seo":null,"metafields":[]}';
