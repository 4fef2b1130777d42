-- Lists of the codes that are disabled, or are not: each state of a promotion or batch is one range, in the order of the codes.
create index discount_codes_by_promotion_and_state on discount_codes (promotion_id, (disabled_at is null), code)
  where deleted_at is null;
create index discount_codes_by_batch_and_state on discount_codes (batch_id, (disabled_at is null), code)
  where deleted_at is null;
