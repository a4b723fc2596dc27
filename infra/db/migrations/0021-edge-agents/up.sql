-- An agent that was let in once, under the name that its certificates carry.
CREATE TABLE edge_agent (
  id              text PRIMARY KEY,
  datacenter_id   text NOT NULL REFERENCES datacenter (id),
  version         text NOT NULL,
  enrolled_at     timestamptz NOT NULL,
  last_seen_at    timestamptz NOT NULL,
  revoked_at      timestamptz,
  revoked_by      text,
  revoked_because text,
  CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX edge_agent_datacenter ON edge_agent (datacenter_id);

-- A code that lets one agent in, once. Only its digest is kept.
CREATE TABLE edge_enrolment (
  id              text PRIMARY KEY,
  datacenter_id   text NOT NULL REFERENCES datacenter (id),
  code_hash       text NOT NULL,
  created_by      text NOT NULL,
  created_at      timestamptz NOT NULL,
  expires_at      timestamptz NOT NULL,
  failures        int NOT NULL DEFAULT 0,
  agent_id        text REFERENCES edge_agent (id),
  key_fingerprint text,
  CHECK ((agent_id IS NULL) = (key_fingerprint IS NULL))
);
COMMENT ON COLUMN edge_enrolment.key_fingerprint IS 'The key that used the code: whoever repeats his request with it, because the answer was lost, is answered again.';

-- Whoever guesses codes is slowed down by where he calls from.
CREATE TABLE edge_enrolment_failure (
  address text NOT NULL,
  at      timestamptz NOT NULL
);
CREATE INDEX edge_enrolment_failure_address ON edge_enrolment_failure (address, at);

-- Who has signed certificates of agents.
CREATE TABLE edge_authority (
  fingerprint text PRIMARY KEY,
  certificate text NOT NULL
);

-- Every certificate that was handed out. One that is not here is nobody's, whoever signed it.
CREATE TABLE edge_certificate (
  fingerprint text PRIMARY KEY,
  agent_id    text NOT NULL REFERENCES edge_agent (id),
  authority   text NOT NULL REFERENCES edge_authority (fingerprint),
  serial      text NOT NULL,
  issued_at   timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  revoked_at  timestamptz
);
CREATE INDEX edge_certificate_agent ON edge_certificate (agent_id, expires_at);
COMMENT ON COLUMN edge_certificate.revoked_at IS 'When the authority was told. What we ourselves believe depends on the agent alone.';
