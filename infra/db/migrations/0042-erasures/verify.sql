SELECT id, server_id, saga_id, step_key, ended_at, is_complete, category, drives, unverified FROM erasure WHERE false;
