-- The newest that each machine's datacenter has told of it, by kind: what arrives again or late is no news.
CREATE TABLE edge_sighting (
  datacenter_id text NOT NULL REFERENCES datacenter (id),
  subject       text NOT NULL,
  kind          text NOT NULL,
  at            timestamptz NOT NULL,
  event_id      text NOT NULL,
  PRIMARY KEY (datacenter_id, subject, kind)
);
COMMENT ON COLUMN edge_sighting.at IS 'By the clock of the datacenter''s agent, which never goes back.';

-- Looking for an unknown machine is work that no saga waits for.
ALTER TABLE task ALTER COLUMN saga_id DROP NOT NULL;
