-- The certificate of an erasure is what its proof says. Certificates that stand by themselves become proofs, drive by
-- drive, without the category that was named in them and that nobody had derived.
ALTER TABLE decommission ADD COLUMN erase_proof_id text REFERENCES proof (id);
CREATE INDEX decommission_erase_proof ON decommission (erase_proof_id);

UPDATE proof SET voided_at = clock_timestamp(), voided_by = 'migration 0056', void_reason = 'the certificate has the evidence'
FROM decommission WHERE decommission.server_id = proof.server_id AND decommission.certificate IS NOT NULL
  AND proof.kind = 'erase-verified' AND proof.voided_at IS NULL;

INSERT INTO proof (id, server_id, kind, evidence, made_by, saga_id, made_at)
SELECT 'prf_' || substr(id, 5, 10) || upper(substr(md5(id || ' certificate'), 1, 16)), server_id, 'erase-verified',
  jsonb_build_object(
    'serial', certificate -> 'serial', 'erasureId', NULL, 'category', certificate -> 'category',
    'unverified', COALESCE(certificate -> 'unverified', '["method", "samples"]'),
    'drives', (
      SELECT jsonb_agg(jsonb_build_object(
        'serial', drive -> 'serial', 'name', COALESCE(drive ->> 'name', drive ->> 'serial'),
        'knownFrom', COALESCE(drive -> 'knownFrom', '[]'), 'outcome', 'erased', 'method', drive -> 'method',
        'category', drive -> 'category', 'evidence', COALESCE(drive ->> 'evidence', 'certified before evidence was kept'),
        'unverified', COALESCE(drive -> 'unverified', '["method", "samples"]')))
      FROM jsonb_array_elements(certificate -> 'drives') AS drive
    ) || COALESCE((
      SELECT jsonb_agg(drive || '{"outcome": "accounted-for", "method": null, "category": null, "unverified": []}')
      FROM jsonb_array_elements(certificate -> 'accountedFor') AS drive
    ), '[]')),
  'erase-server', certificate ->> 'sagaId', (certificate ->> 'erasedAt')::timestamptz
FROM decommission WHERE certificate IS NOT NULL;

UPDATE decommission SET erase_proof_id = 'prf_' || substr(id, 5, 10) || upper(substr(md5(id || ' certificate'), 1, 16))
WHERE certificate IS NOT NULL;
ALTER TABLE decommission DROP COLUMN certificate;
