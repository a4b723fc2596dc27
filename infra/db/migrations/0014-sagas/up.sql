-- What people see of a saga, on every engine and for years: the story, not the replay history.
CREATE TABLE saga (
  id                 text PRIMARY KEY,
  name               text NOT NULL,
  parent_id          text,
  root_id            text NOT NULL,
  subject            text NOT NULL,
  order_id           text,
  server_id          text,
  tenant_id          text,
  datacenter_id      text,
  input              jsonb NOT NULL,
  state              text NOT NULL CHECK (state IN ('running', 'waiting', 'unwinding', 'stuck', 'done', 'failed', 'cancelled')),
  waiting_for        text,
  waiting_until      timestamptz,
  -- Number of the wait it is in: whoever learned something raises `wake-<number>`.
  wake               int NOT NULL DEFAULT 0,
  -- What a person decided while it was stuck; read and cleared by the saga.
  decision           jsonb,
  -- Who asked for it to be unwound, and why. Read by every step before it runs.
  cancel_requested   jsonb,
  point_of_no_return text,
  -- What is still held when an undo failed, or what failed past the point of no return.
  held               jsonb,
  ended_because      text,
  started_at         timestamptz NOT NULL,
  updated_at         timestamptz NOT NULL,
  ended_at           timestamptz
);
CREATE INDEX saga_state ON saga (state, started_at);
CREATE INDEX saga_order ON saga (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX saga_server ON saga (server_id) WHERE server_id IS NOT NULL;
CREATE INDEX saga_root ON saga (root_id);

CREATE TABLE saga_step (
  saga_id    text NOT NULL,
  key        text NOT NULL,
  step       text NOT NULL,
  state      text NOT NULL CHECK (state IN ('running', 'waiting', 'done', 'refused', 'failed', 'undoing', 'undone', 'undo-failed', 'skipped')),
  attempts   int NOT NULL DEFAULT 0,
  detail     jsonb NOT NULL DEFAULT '{}',
  started_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- Set before an undo runs: a late `run` of the same step sees it and does nothing.
  undone_at  timestamptz,
  PRIMARY KEY (saga_id, key)
);

CREATE TABLE saga_timeline (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  saga_id  text NOT NULL,
  root_id  text NOT NULL,
  at       timestamptz NOT NULL,
  kind     text NOT NULL,
  step     text,
  attempt  int,
  text     text NOT NULL
);
CREATE INDEX saga_timeline_saga ON saga_timeline (saga_id, position);
CREATE INDEX saga_timeline_root ON saga_timeline (root_id, position);
