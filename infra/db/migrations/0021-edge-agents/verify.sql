SELECT id, datacenter_id, version, enrolled_at, last_seen_at, revoked_at, revoked_by, revoked_reason FROM edge_agent WHERE false;
SELECT id, datacenter_id, code_hash, created_by, created_at, expires_at, failures, agent_id, key_fingerprint FROM edge_enrolment WHERE false;
SELECT address, at FROM edge_enrolment_failure WHERE false;
SELECT fingerprint, certificate FROM edge_authority WHERE false;
SELECT fingerprint, agent_id, authority, serial, issued_at, expires_at, revoked_at FROM edge_certificate WHERE false;
