SELECT id, server_id, kind, evidence, made_by, saga_id, step_key, made_at, voided_at, voided_by, void_reason FROM proof WHERE false;
