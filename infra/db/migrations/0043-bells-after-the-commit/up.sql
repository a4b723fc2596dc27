-- A transaction with NOTIFY in it keeps a lock of the whole database from its commit until it is on disk: writers that
-- do so queue for the disk one after the other. So others are told after the commit, and by whoever committed.

-- Nobody listens on this one: the relay is kicked by whoever writes, and looks every few seconds besides.
DROP TRIGGER announce_outbox ON outbox;
DROP FUNCTION announce_outbox();

-- Appends records, given as [{"topic", "key", "value", "headers": [["name", "value"], …]}, …], in their order, and
-- answers what is to be told (NOTIFY) once that is committed. Records of one key share a partition. Call it in the
-- transaction that takes them out of an outbox.
CREATE FUNCTION runtime.append(records jsonb) RETURNS TABLE (channel text, payload text) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM runtime.open_topic(named.name) FROM (SELECT DISTINCT record ->> 'topic' AS name FROM jsonb_array_elements(records) AS record) AS named;
  RETURN QUERY
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
  SELECT 'runtime', 'topic/' || topic || '/' || partition FROM moved;
END $$;

-- The same for whoever cannot tell others himself: the commit tells them.
CREATE OR REPLACE FUNCTION runtime.publish(records jsonb) RETURNS void LANGUAGE sql AS $$
  SELECT pg_notify(channel, payload) FROM runtime.append(records);
$$;
