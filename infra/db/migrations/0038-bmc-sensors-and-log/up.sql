-- What the last thorough look at each management controller read, and what its log has gained from look to look.
ALTER TABLE bmc_health
  ADD COLUMN power       text,
  ADD COLUMN cpu_percent float8,
  ADD COLUMN sensors     jsonb NOT NULL DEFAULT '[]',
  -- When power, processors and sensors were read.
  ADD COLUMN sensors_at  timestamptz,
  -- Since when its log is followed: what stood in it before is history and alarms nobody.
  ADD COLUMN log_since   timestamptz,
  -- When the last critical alarm was raised.
  ADD COLUMN critical_at timestamptz;

CREATE TABLE bmc_log_entry (
  -- In the order they were read, which is the log's own.
  sequence  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  server_id text NOT NULL REFERENCES asset (id),
  read_at   timestamptz NOT NULL,
  -- By the controller's own clock; null where it does not know the time.
  at        timestamptz,
  severity  text NOT NULL,
  message   text NOT NULL,
  code      text,
  action    text,
  -- Set where entries are missing: why.
  gap       text CHECK (gap IN ('cleared', 'overwritten', 'too-many')),
  -- Of what is said and when: numbers of entries are places in some logs, and move.
  digest    bytea NOT NULL,
  UNIQUE (server_id, digest)
);
CREATE INDEX bmc_log_entry_newest ON bmc_log_entry (server_id, sequence);
