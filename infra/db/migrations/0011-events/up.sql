-- The append-only log of everything that happened, as CloudEvents. The relay gives each event its place in the
-- chain (seq, prev_hash, hash) in commit order and hands it to the bus; from then on the row never changes.
CREATE TABLE event_log (
  id            text PRIMARY KEY,
  type          text NOT NULL,
  source        text NOT NULL,
  subject       text NOT NULL,
  time          timestamptz NOT NULL,
  partition_key text NOT NULL,
  tenant_id     text,
  datacenter_id text,
  data          jsonb NOT NULL,
  seq           bigint UNIQUE,
  prev_hash     text,
  hash          text
);
CREATE INDEX event_log_subject ON event_log (subject, seq);
CREATE INDEX event_log_tenant ON event_log (tenant_id, seq) WHERE tenant_id IS NOT NULL;

CREATE TABLE outbox (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id text NOT NULL REFERENCES event_log (id)
);

-- What each consumer has already acted on: a repeated delivery is recognised here.
CREATE TABLE consumed_event (
  consumer    text NOT NULL,
  event_id    text NOT NULL,
  consumed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, event_id)
);

CREATE TABLE dead_letter (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consumer    text NOT NULL,
  topic       text NOT NULL,
  event_id    text NOT NULL,
  event       jsonb NOT NULL,
  cause       text NOT NULL,
  attempts    int NOT NULL,
  state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded')),
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (consumer, event_id)
);

CREATE FUNCTION event_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND (NEW.id, NEW.type, NEW.source, NEW.subject, NEW.time, NEW.data) = (OLD.id, OLD.type, OLD.source, OLD.subject, OLD.time, OLD.data) THEN
    RETURN NEW; -- the relay seals it, once
  END IF;
  RAISE EXCEPTION 'the event log is append-only: event % cannot be changed', OLD.id;
END $$;
CREATE TRIGGER event_log_is_append_only BEFORE UPDATE OR DELETE ON event_log FOR EACH ROW EXECUTE FUNCTION event_log_is_append_only();

CREATE FUNCTION announce_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER announce_outbox AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION announce_outbox();
