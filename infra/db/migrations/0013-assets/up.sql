-- One row per server, from the order line to the wipe certificate. `state` is written by one statement only
-- (shared/lifecycle/apply.ts), which also appends the event that says so.
CREATE TABLE asset (
  id               text PRIMARY KEY,
  state            text NOT NULL,
  state_since      timestamptz NOT NULL,
  version          int NOT NULL DEFAULT 1,
  condition        text NOT NULL DEFAULT 'working' CHECK (condition IN ('working', 'waiting', 'held', 'failed', 'stuck', 'quarantined')),
  condition_detail jsonb NOT NULL DEFAULT '{}',
  condition_since  timestamptz NOT NULL,
  proofs           text[] NOT NULL DEFAULT '{}',
  last_cause       text NOT NULL,
  last_step        text,
  origin           text NOT NULL CHECK (origin IN ('bought', 'stock', 'adopted')),
  datacenter_id    text NOT NULL REFERENCES datacenter (id),
  -- The order it is reserved for or serves now, and the order it was bought for.
  order_id         text REFERENCES customer_order (id),
  bought_for       text REFERENCES customer_order (id),
  order_line_id    text REFERENCES order_line (id),
  tenant_id        text REFERENCES tenant (id),
  config           jsonb NOT NULL,
  manufacturer     text,
  model            text,
  serial           text UNIQUE,
  -- Rack units, as the inventory knows the model.
  height_units     int NOT NULL DEFAULT 2,
  bmc_mac          text UNIQUE,
  macs             text[] NOT NULL DEFAULT '{}',
  manifest         jsonb,
  bmc_address      text,
  bmc_seen_at      timestamptz,
  facts            jsonb,
  inventory        jsonb,
  inventory_at     timestamptz,
  disposition      text CHECK (disposition IN ('retired', 'resold', 'destroyed', 'returned', 'lost')),
  alarmed_at       timestamptz,
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL
);
CREATE INDEX asset_state ON asset (state, datacenter_id);
CREATE INDEX asset_order ON asset (order_id);
CREATE INDEX asset_tenant ON asset (tenant_id) WHERE tenant_id IS NOT NULL;
CREATE INDEX asset_macs ON asset USING gin (macs);

-- Where a server stands: one row per rack unit, so that two can never share one.
CREATE TABLE rack_unit (
  rack_id       text NOT NULL,
  unit          int NOT NULL,
  rack_name     text NOT NULL,
  datacenter_id text NOT NULL REFERENCES datacenter (id),
  server_id     text NOT NULL REFERENCES asset (id),
  PRIMARY KEY (rack_id, unit)
);
CREATE INDEX rack_unit_server ON rack_unit (server_id);

-- A difference between what a server should be and what it is.
CREATE TABLE finding (
  id          text PRIMARY KEY,
  server_id   text NOT NULL REFERENCES asset (id),
  kind        text NOT NULL,
  severity    text NOT NULL CHECK (severity IN ('info', 'minor', 'major')),
  place       text NOT NULL,
  expected    text NOT NULL,
  found       text NOT NULL,
  found_at    timestamptz NOT NULL,
  resolved_at timestamptz
);
CREATE INDEX finding_server ON finding (server_id);

CREATE TABLE maintenance (
  id         text PRIMARY KEY,
  server_id  text NOT NULL REFERENCES asset (id),
  reason     text NOT NULL,
  state      text NOT NULL CHECK (state IN ('requested', 'open', 'done', 'cancelled')),
  requested_by text NOT NULL,
  ends_at    timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE decommission (
  id           text PRIMARY KEY,
  server_id    text NOT NULL REFERENCES asset (id),
  tenant_id    text REFERENCES tenant (id),
  reason       text NOT NULL,
  disposition  text NOT NULL CHECK (disposition IN ('retired', 'resold', 'destroyed', 'returned', 'lost')),
  state        text NOT NULL CHECK (state IN ('proposed', 'approved', 'declined', 'erasing', 'erased', 'removed', 'done')),
  requested_by text NOT NULL,
  certificate  jsonb,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL
);
