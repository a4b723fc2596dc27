-- A finding keeps who said what, what usually helps, what a technician was told and answered, and who waived it why.
-- It is open until it is no longer found; waived it stands, and stops nothing.
ALTER TABLE finding
  ADD COLUMN evidence       jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN hint           text NOT NULL DEFAULT '',
  -- Last seen by a comparison: a finding that stays is one finding.
  ADD COLUMN seen_at        timestamptz,
  ADD COLUMN waived_at      timestamptz,
  ADD COLUMN waived_by      text,
  ADD COLUMN waived_because text,
  -- The task that asks for it to be put right, what it says there, and what came back.
  ADD COLUMN task_id        text REFERENCES task (id),
  ADD COLUMN told           text,
  ADD COLUMN answer         jsonb,
  ADD CONSTRAINT finding_waived_whole CHECK ((waived_at IS NULL) = (waived_by IS NULL) AND (waived_at IS NULL) = (waived_because IS NULL));
UPDATE finding SET seen_at = COALESCE(resolved_at, found_at);
ALTER TABLE finding ALTER COLUMN seen_at SET NOT NULL;
-- Two comparisons at once find one thing once.
CREATE UNIQUE INDEX finding_open_once ON finding (server_id, kind, place, md5(expected), md5(found)) WHERE resolved_at IS NULL;
