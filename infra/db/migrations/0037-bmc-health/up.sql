-- What the last look at each management controller said.
CREATE TABLE bmc_health (
  server_id         text PRIMARY KEY REFERENCES asset (id),
  -- When it last answered, and what it said then.
  at                timestamptz,
  health            text,
  health_since      timestamptz,
  power_watts       float8,
  inlet_celsius     float8,
  -- Set while it does not answer.
  unreachable_since timestamptz,
  unreachable       text,
  looked_at         timestamptz NOT NULL,
  -- Whether the present trouble has been told.
  alarmed           boolean NOT NULL DEFAULT false
);
