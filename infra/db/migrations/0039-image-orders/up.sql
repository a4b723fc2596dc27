-- Work is ordered here before its datacenter hears of it: a row is an order first, and what was told of it later.
ALTER TABLE image_work
  -- Where and how long, as the image reads it; null where only its datacenter knows.
  ADD COLUMN work         jsonb,
  ADD COLUMN ordered_at   timestamptz,
  ADD COLUMN expires_at   timestamptz,
  -- Nobody waits for it any more.
  ADD COLUMN withdrawn_at timestamptz,
  ALTER COLUMN at DROP NOT NULL,
  DROP CONSTRAINT image_work_state_check,
  ADD CONSTRAINT image_work_state_check CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled', 'expired')),
  ADD CONSTRAINT image_work_order_whole CHECK ((work IS NULL) = (ordered_at IS NULL) AND (work IS NULL) = (expires_at IS NULL));
CREATE INDEX image_work_wanted ON image_work (server_id) WHERE work IS NOT NULL AND ended_at IS NULL AND withdrawn_at IS NULL;
COMMENT ON COLUMN image_work.at IS 'Of the newest that was told, by the clock of the datacenter''s agent; null while nothing was.';
