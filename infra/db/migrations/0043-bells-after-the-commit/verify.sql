SELECT 'runtime.append(jsonb)'::regprocedure, 'runtime.publish(jsonb)'::regprocedure;
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'announce_outbox'), 'writers of events still tell others within their transactions';
END $$;
