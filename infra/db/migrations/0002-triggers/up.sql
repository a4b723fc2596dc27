-- What the functions host keeps beside the durable engine: queues, the embedded event bus, timers, its keys.
CREATE SCHEMA runtime;

-- Every change that may mean work for someone is told on this channel as '<kind>/<what>'. A hint only.
CREATE FUNCTION runtime.ring(bell text) RETURNS void LANGUAGE sql AS $$ SELECT pg_notify('runtime', bell) $$;

CREATE TABLE runtime.queue_message (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  queue         text NOT NULL,
  body          text NOT NULL,
  dequeue_count integer NOT NULL DEFAULT 0,
  inserted_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  visible_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  taken_by      integer
);
COMMENT ON COLUMN runtime.queue_message.taken_by IS 'The replica at work on it. It lives as long as it holds the advisory lock of that number.';
CREATE INDEX queue_message_waiting ON runtime.queue_message (queue, visible_at, id) WHERE taken_by IS NULL;
CREATE INDEX queue_message_taken ON runtime.queue_message (taken_by) WHERE taken_by IS NOT NULL;

CREATE FUNCTION runtime.enqueue(to_queue text, bodies text[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO runtime.queue_message (queue, body) SELECT to_queue, body FROM unnest(bodies) WITH ORDINALITY AS given (body, n) ORDER BY n;
  SELECT runtime.ring('queue/' || to_queue);
$$;

CREATE TABLE runtime.topic (
  name       text PRIMARY KEY,
  partitions integer NOT NULL CHECK (partitions > 0)
);

-- One row per partition hands out its offsets. It stays locked until the publishing transaction ends: so offsets
-- become visible in order, without gaps, and a reader never passes over a record committed late.
CREATE TABLE runtime.topic_partition (
  topic       text NOT NULL REFERENCES runtime.topic,
  partition   integer NOT NULL,
  next_offset bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);

CREATE TABLE runtime.record (
  topic         text NOT NULL,
  partition     integer NOT NULL,
  record_offset bigint NOT NULL,
  published_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  key           text,
  value         text NOT NULL,
  headers       jsonb NOT NULL,
  PRIMARY KEY (topic, partition, record_offset)
);
CREATE INDEX record_by_age ON runtime.record USING brin (published_at);

CREATE TABLE runtime.consumer_position (
  consumer_group text NOT NULL,
  topic          text NOT NULL,
  partition      integer NOT NULL,
  next_offset    bigint NOT NULL,
  PRIMARY KEY (consumer_group, topic, partition)
) WITH (fillfactor = 50);

CREATE FUNCTION runtime.open_topic(topic_name text, wanted integer DEFAULT 8) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  found integer;
BEGIN
  SELECT partitions INTO found FROM runtime.topic WHERE name = topic_name;
  IF found IS NULL THEN
    INSERT INTO runtime.topic (name, partitions) VALUES (topic_name, wanted) ON CONFLICT DO NOTHING;
    SELECT partitions INTO found FROM runtime.topic WHERE name = topic_name;
    INSERT INTO runtime.topic_partition (topic, partition) SELECT topic_name, n FROM generate_series(0, found - 1) AS n ON CONFLICT DO NOTHING;
  END IF;
  RETURN found;
END $$;

-- Appends records, given as [{"topic", "key", "value", "headers": [["name", "value"], …]}, …], in their order.
-- Records of one key share a partition. Call it in the transaction that takes them out of an outbox.
CREATE FUNCTION runtime.publish(records jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  rung bigint;
BEGIN
  PERFORM runtime.open_topic(name) FROM (SELECT DISTINCT record ->> 'topic' AS name FROM jsonb_array_elements(records) AS record) AS named;
  WITH given AS MATERIALIZED (
    SELECT n, record ->> 'topic' AS topic, record ->> 'key' AS key, record ->> 'value' AS value, coalesce(record -> 'headers', '[]') AS headers,
      ('x' || left(md5(coalesce(record ->> 'key', gen_random_uuid()::text)), 8))::bit(32)::bigint % topic.partitions AS partition
    FROM jsonb_array_elements(records) WITH ORDINALITY AS each (record, n) JOIN runtime.topic ON topic.name = record ->> 'topic'
  ), counted AS (
    SELECT topic, partition, count(*) AS amount FROM given GROUP BY topic, partition
  ), locked AS ( -- in one order everywhere: publishers wait for each other, never in a circle
    SELECT topic, partition, next_offset, amount FROM runtime.topic_partition JOIN counted USING (topic, partition)
    ORDER BY topic, partition FOR UPDATE OF topic_partition
  ), moved AS (
    UPDATE runtime.topic_partition AS p SET next_offset = p.next_offset + locked.amount
    FROM locked WHERE p.topic = locked.topic AND p.partition = locked.partition
    RETURNING p.topic, p.partition, p.next_offset - locked.amount AS first_offset
  ), appended AS (
    INSERT INTO runtime.record (topic, partition, record_offset, key, value, headers)
    SELECT topic, partition, first_offset + row_number() OVER (PARTITION BY topic, partition ORDER BY n) - 1, key, value, headers
    FROM given JOIN moved USING (topic, partition)
    ORDER BY n
  )
  SELECT count(runtime.ring('topic/' || topic || '/' || partition)) INTO rung FROM moved;
END $$;

CREATE TABLE runtime.timer (
  name         text PRIMARY KEY,
  last         timestamptz,
  next         timestamptz NOT NULL,
  last_updated timestamptz NOT NULL
);

CREATE TABLE runtime.host_key (
  name  text PRIMARY KEY,
  value text NOT NULL
);
COMMENT ON TABLE runtime.host_key IS 'The root from which the host derives its keys, where the settings name none.';
