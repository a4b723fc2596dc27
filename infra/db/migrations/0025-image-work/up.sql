-- Work that validation images do, as far as their datacenters have told.
CREATE TABLE image_work (
  id            text PRIMARY KEY,
  server_id     text NOT NULL REFERENCES asset (id),
  datacenter_id text NOT NULL REFERENCES datacenter (id),
  kind          text NOT NULL CHECK (kind IN ('burn-in', 'link-test', 'erase')),
  state         text NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'expired')),
  percent       int NOT NULL CHECK (percent BETWEEN 0 AND 100),
  results       jsonb NOT NULL,
  at            timestamptz NOT NULL,
  ended_at      timestamptz
);
CREATE INDEX image_work_server ON image_work (server_id, at);
COMMENT ON COLUMN image_work.at IS 'Of the newest that was told, by the clock of the datacenter''s agent.';
