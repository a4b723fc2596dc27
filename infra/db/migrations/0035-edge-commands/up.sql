-- What the agents of the datacenters are to do at management controllers, and how it ended.
CREATE TABLE edge_command (
  id            text PRIMARY KEY,
  -- Later commands have greater numbers: an agent that has done one never does an earlier one at the same controller.
  fence         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  datacenter_id text NOT NULL REFERENCES datacenter (id),
  server_id     text NOT NULL,
  -- Names what may be done once only, alike for every attempt at it.
  key           text,
  operation     text NOT NULL,
  is_write      boolean NOT NULL,
  target        jsonb NOT NULL,
  input         jsonb NOT NULL,
  state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'done', 'failed', 'expired', 'unknown')),
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Whoever has not taken it by then never will.
  start_by      timestamptz NOT NULL,
  run_seconds   float8 NOT NULL,
  taken_by      text,
  taken_ask     text,
  -- By then it is over, whether or not anybody says how it ended.
  over_by       timestamptz,
  answer        jsonb,
  ended_at      timestamptz
);
CREATE INDEX edge_command_waiting ON edge_command (datacenter_id, fence) WHERE state = 'waiting';
CREATE INDEX edge_command_open ON edge_command (server_id, fence) WHERE state IN ('waiting', 'taken');
CREATE INDEX edge_command_key ON edge_command (key) WHERE key IS NOT NULL;
CREATE INDEX edge_command_ended ON edge_command (ended_at) WHERE ended_at IS NOT NULL;
COMMENT ON TABLE edge_command IS 'Holds no secret: passwords are named by where they are kept.';

-- Which of a datacenter's agents acts there now. Another may take over when it has not been heard for a while.
CREATE TABLE edge_lease (
  datacenter_id text PRIMARY KEY REFERENCES datacenter (id),
  agent_id      text NOT NULL,
  epoch         bigint NOT NULL,
  until         timestamptz NOT NULL
);
