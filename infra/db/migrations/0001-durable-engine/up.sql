-- The durable engine: orchestrations and entities, their histories and inboxes, and who is at work on them.
-- Everything one turn of an instance changes is written by one statement; a worker that lost an instance writes nothing.
CREATE SCHEMA durable;

CREATE TABLE durable.worker (
  id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name         text NOT NULL,
  started_at   timestamptz NOT NULL DEFAULT now(),
  heartbeat_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE durable.worker IS 'One row per session of a working process. It lives as long as it holds the advisory lock (7241906, id) and its heart beats.';

CREATE TABLE durable.instance (
  id            text PRIMARY KEY,
  execution_id  text NOT NULL,
  name          text NOT NULL,
  version       text,
  status        text NOT NULL CHECK (status IN ('Pending', 'Running', 'Completed', 'Failed', 'Terminated', 'Suspended', 'Canceled')),
  input         text,
  output        text,
  custom_status text,
  parent        json,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  owner         integer REFERENCES durable.worker (id),
  turn          integer NOT NULL DEFAULT 0,
  state         text,
  lock          json
) WITH (fillfactor = 70); -- each turn updates its row: leave room to do so in place
COMMENT ON TABLE durable.instance IS 'An orchestration, or an entity (its id begins with @).';
COMMENT ON COLUMN durable.instance.owner IS 'The worker that has something to do for it. An instance that waits has none.';
COMMENT ON COLUMN durable.instance.turn IS 'Counts commits: together with owner the fence against workers that lost the instance.';
COMMENT ON COLUMN durable.instance.state IS 'Of an entity: its state as JSON text; null where it does not exist.';
CREATE INDEX instance_owned ON durable.instance (owner) WHERE owner IS NOT NULL;
CREATE INDEX instance_created ON durable.instance (created_at, id);

CREATE TABLE durable.history (
  instance_id text NOT NULL,
  turn        integer NOT NULL,
  events      json NOT NULL,
  PRIMARY KEY (instance_id, turn)
);
COMMENT ON TABLE durable.history IS 'One row per episode. An activity that history shows begun and not ended, and that has no row in task, belongs to the owner of its instance.';

CREATE TABLE durable.message (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance_id  text NOT NULL,
  execution_id text,
  visible_at   timestamptz NOT NULL DEFAULT now(),
  parked       boolean NOT NULL DEFAULT false,
  body         json NOT NULL
);
COMMENT ON TABLE durable.message IS 'The inboxes. A timer is a message that is visible later; a parked message waits for another one.';
CREATE INDEX message_due ON durable.message (visible_at) WHERE NOT parked;
CREATE INDEX message_inbox ON durable.message (instance_id);

CREATE TABLE durable.task (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance_id  text NOT NULL,
  execution_id text NOT NULL,
  task_id      integer NOT NULL,
  name         text NOT NULL,
  input        text,
  owner        integer REFERENCES durable.worker (id) ON DELETE SET NULL
);
COMMENT ON TABLE durable.task IS 'Activities beyond what the owner of their instance could run, for any worker to take.';
CREATE INDEX task_waiting ON durable.task (id) WHERE owner IS NULL;
CREATE INDEX task_instance ON durable.task (instance_id);

-- Inboxes and tasks are filled and emptied all the time: dead rows must not wait for a fifth of the table.
ALTER TABLE durable.message SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
ALTER TABLE durable.instance SET (autovacuum_vacuum_scale_factor = 0.05);
