-- To which e-mail address a link was sent, as a hash: it opens the order only while that is the order's own. Links of before are
-- half an hour old at most, and have to be asked for again.
alter table order_links add column email_hash text;
