-- A POST repeated with the same Idempotency-Key gets the first answer again.
CREATE TABLE idempotent_request (
  caller       text NOT NULL,
  key          text NOT NULL,
  fingerprint  text NOT NULL,
  status       int,
  body         jsonb,
  location     text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (caller, key)
);

CREATE TABLE session (
  id         text PRIMARY KEY,
  claims     jsonb NOT NULL,
  id_token   text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);

-- Who did what, when, from where and with what result.
CREATE TABLE audit_entry (
  position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL,
  actor      text NOT NULL,
  tenant_id  text,
  action     text NOT NULL,
  subject    text NOT NULL,
  outcome    int NOT NULL,
  trace_id   text NOT NULL
);
CREATE INDEX audit_entry_actor ON audit_entry (actor, position);
