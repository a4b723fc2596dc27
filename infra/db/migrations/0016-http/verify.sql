SELECT caller, key, fingerprint, status, body, created_at FROM idempotent_request WHERE false;
SELECT id, claims, id_token, created_at, expires_at FROM session WHERE false;
SELECT position, at, actor, tenant_id, action, subject, outcome, trace_id FROM audit_entry WHERE false;
