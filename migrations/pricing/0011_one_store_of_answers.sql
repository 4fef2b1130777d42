-- Answers under idempotency keys are kept in `idempotency_keys`, also those to changes of settings.
drop table idempotency_answers;
