-- Which version a datacenter's agent is to run; where there is none, it stays what it is.
CREATE TABLE edge_release (
  datacenter_id text PRIMARY KEY REFERENCES datacenter (id),
  version       text NOT NULL,
  url           text NOT NULL,
  sha256        text NOT NULL,
  signature     text NOT NULL,
  set_by        text NOT NULL,
  set_at        timestamptz NOT NULL
);
