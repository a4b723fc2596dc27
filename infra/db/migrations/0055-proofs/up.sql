-- What has been proved of a server: a row says what was seen, by whom and when. A row never changes; it can be voided,
-- once, with a reason. The lifecycle's transitions require live rows.
CREATE TABLE proof (
  id          text PRIMARY KEY,
  server_id   text NOT NULL REFERENCES asset (id),
  kind        text NOT NULL,
  evidence    jsonb NOT NULL,
  -- The step, or the person by issuer and subject; the saga and the call within it where a step proved it.
  made_by     text NOT NULL,
  saga_id     text,
  step_key    text,
  made_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  voided_at   timestamptz,
  voided_by   text,
  void_reason text,
  CONSTRAINT proof_void_whole CHECK ((voided_at IS NULL) = (voided_by IS NULL) AND (voided_at IS NULL) = (void_reason IS NULL))
);
CREATE INDEX proof_server ON proof (server_id, made_at);
CREATE UNIQUE INDEX proof_live ON proof (server_id, kind) WHERE voided_at IS NULL;

CREATE FUNCTION proof_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL
    AND (NEW.id, NEW.server_id, NEW.kind, NEW.evidence, NEW.made_by, NEW.saga_id, NEW.step_key, NEW.made_at)
      IS NOT DISTINCT FROM (OLD.id, OLD.server_id, OLD.kind, OLD.evidence, OLD.made_by, OLD.saga_id, OLD.step_key, OLD.made_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'proofs are append-only: % can be voided once and not be changed', OLD.id;
END $$;
CREATE TRIGGER proof_is_append_only BEFORE UPDATE OR DELETE ON proof FOR EACH ROW EXECUTE FUNCTION proof_is_append_only();

-- Words that were kept without evidence become rows that say so. A bought server was called erased though nobody had
-- erased it: it was new. Ids are made of the server's and the word, so that each is its own.
INSERT INTO proof (id, server_id, kind, evidence, made_by)
SELECT 'prf_' || substr(asset.id, 5, 10) || upper(substr(md5(asset.id || ' ' || word), 1, 16)), asset.id,
  CASE WHEN word = 'erase-verified' AND asset.origin = 'bought'
    AND NOT EXISTS (SELECT FROM erasure WHERE erasure.server_id = asset.id AND erasure.is_complete)
    THEN 'factory-new' ELSE word END,
  '{"recorded": "before evidence was kept"}', 'migration 0055'
FROM asset, unnest(asset.proofs) AS word;
-- A server that was bought and is no longer called clean has been a tenant's: it is never new again.
INSERT INTO proof (id, server_id, kind, evidence, made_by, voided_at, voided_by, void_reason)
SELECT 'prf_' || substr(id, 5, 10) || upper(substr(md5(id || ' factory-new'), 1, 16)), id, 'factory-new',
  '{"recorded": "before evidence was kept"}', 'migration 0055', clock_timestamp(), 'migration 0055',
  'it no longer counted when evidence began to be kept'
FROM asset WHERE origin = 'bought' AND NOT 'erase-verified' = ANY (proofs);
ALTER TABLE asset DROP COLUMN proofs;
