-- A saga is written down in the transaction that accepts the wish for it: it can be seen, cancelled, and started
-- again after a crash from that moment on, not only once it has begun.
ALTER TABLE saga DROP CONSTRAINT saga_state_check;
ALTER TABLE saga ADD CONSTRAINT saga_state_check CHECK (state IN ('accepted', 'running', 'waiting', 'unwinding', 'stuck', 'done', 'failed', 'cancelled'));
