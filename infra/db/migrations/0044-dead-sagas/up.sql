-- A saga is dead when its instance in the engine is over though its story is not. How it ended there, and when the
-- engine was asked last.
ALTER TABLE saga ADD COLUMN engine_end text, ADD COLUMN engine_asked_at timestamptz;
CREATE INDEX saga_open ON saga (engine_asked_at NULLS FIRST, id) WHERE ended_at IS NULL AND state <> 'accepted';

-- What a step was called with, when, and what takes it back: with these another instance can take it back. And the
-- order in which steps began.
ALTER TABLE saga_step ADD COLUMN call jsonb, ADD COLUMN position bigint GENERATED ALWAYS AS IDENTITY;
