-- What each erasure of a server came to, drive by drive, complete or not. Later ones ask of every drive that stands here.
CREATE TABLE erasure (
  id          text PRIMARY KEY,
  server_id   text NOT NULL REFERENCES asset (id),
  -- Whose step it was.
  saga_id     text NOT NULL,
  step_key    text NOT NULL,
  ended_at    timestamptz NOT NULL,
  is_complete boolean NOT NULL,
  category    text CHECK (category IN ('clear', 'purge')),
  drives      jsonb NOT NULL,
  unverified  text[] NOT NULL
);
CREATE INDEX erasure_server ON erasure (server_id, ended_at);
