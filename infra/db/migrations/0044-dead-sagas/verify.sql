SELECT engine_end, engine_asked_at FROM saga WHERE ended_at IS NULL AND state <> 'accepted' ORDER BY engine_asked_at NULLS FIRST, id LIMIT 0;
SELECT call, position FROM saga_step WHERE false;
