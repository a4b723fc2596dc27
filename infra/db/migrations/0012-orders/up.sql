CREATE TABLE customer_order (
  id            text PRIMARY KEY,
  tenant_id     text NOT NULL REFERENCES tenant (id),
  datacenter_id text NOT NULL REFERENCES datacenter (id),
  state         text NOT NULL CHECK (state IN ('received', 'checking', 'procuring', 'shipping', 'deploying', 'delivering', 'fulfilled', 'cancelled', 'failed')),
  version       int NOT NULL DEFAULT 1,
  requested_by  text NOT NULL,
  saga_id       text NOT NULL,
  ended_because text,
  created_at    timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL
);
CREATE INDEX customer_order_tenant ON customer_order (tenant_id, id);

CREATE TABLE order_line (
  id       text PRIMARY KEY,
  order_id text NOT NULL REFERENCES customer_order (id),
  position int NOT NULL,
  quantity int NOT NULL CHECK (quantity > 0),
  config   jsonb NOT NULL,
  UNIQUE (order_id, position)
);

CREATE TABLE quote (
  id             text PRIMARY KEY,
  order_id       text NOT NULL REFERENCES customer_order (id),
  vendor         text NOT NULL,
  vendor_ref     text,
  state          text NOT NULL CHECK (state IN ('requested', 'quoted', 'declined', 'cancelled', 'accepted', 'expired')),
  total_minor    bigint,
  currency       text,
  valid_until    timestamptz,
  lead_time_days int,
  model          text,
  lines          jsonb NOT NULL,
  declined_because text,
  requested_at   timestamptz NOT NULL,
  answered_at    timestamptz,
  UNIQUE (order_id, vendor)
);

CREATE TABLE approval (
  id           text PRIMARY KEY,
  kind         text NOT NULL CHECK (kind IN ('purchase', 'decommission')),
  subject      text NOT NULL,
  tenant_id    text REFERENCES tenant (id),
  order_id     text REFERENCES customer_order (id),
  server_id    text,
  saga_id      text NOT NULL,
  state        text NOT NULL CHECK (state IN ('open', 'approved', 'rejected', 'withdrawn')),
  amount_minor bigint,
  currency     text,
  summary      text NOT NULL,
  policy       text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL,
  due_at       timestamptz NOT NULL,
  decided_by   text,
  decided_at   timestamptz,
  reason       text
);
CREATE INDEX approval_state ON approval (state, due_at);

CREATE TABLE purchase (
  id           text PRIMARY KEY,
  order_id     text NOT NULL REFERENCES customer_order (id),
  quote_id     text NOT NULL REFERENCES quote (id),
  po_number    text NOT NULL UNIQUE,
  vendor       text NOT NULL,
  vendor_order_ref text,
  state        text NOT NULL CHECK (state IN ('placing', 'placed', 'shipped', 'received', 'cancelled', 'returned')),
  total_minor  bigint NOT NULL,
  currency     text NOT NULL,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL
);

CREATE TABLE shipment (
  id                text PRIMARY KEY,
  purchase_id       text NOT NULL REFERENCES purchase (id),
  order_id          text NOT NULL REFERENCES customer_order (id),
  datacenter_id     text NOT NULL REFERENCES datacenter (id),
  carrier           text NOT NULL,
  tracking_number   text NOT NULL,
  state             text NOT NULL CHECK (state IN ('announced', 'in-transit', 'delivered', 'received', 'returned', 'exception')),
  estimated_arrival timestamptz,
  delivered_at      timestamptz,
  last_event        text,
  arrival_told_at   timestamptz,
  created_at        timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL,
  UNIQUE (carrier, tracking_number)
);

CREATE TABLE shipment_item (
  shipment_id text NOT NULL REFERENCES shipment (id),
  serial      text NOT NULL,
  server_id   text NOT NULL,
  manifest    jsonb NOT NULL,
  state       text NOT NULL CHECK (state IN ('expected', 'received', 'rejected', 'returned')),
  scanned     jsonb,
  received_by text,
  received_at timestamptz,
  PRIMARY KEY (shipment_id, serial)
);
