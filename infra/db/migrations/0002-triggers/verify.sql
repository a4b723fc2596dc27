SELECT id, queue, body, dequeue_count, inserted_at, visible_at, taken_by FROM runtime.queue_message WHERE false;
SELECT name, partitions FROM runtime.topic WHERE false;
SELECT topic, partition, next_offset FROM runtime.topic_partition WHERE false;
SELECT topic, partition, record_offset, published_at, key, value, headers FROM runtime.record WHERE false;
SELECT consumer_group, topic, partition, next_offset FROM runtime.consumer_position WHERE false;
SELECT name, last, next, last_updated FROM runtime.timer WHERE false;
SELECT name, value FROM runtime.host_key WHERE false;
SELECT 'runtime.ring(text)'::regprocedure, 'runtime.enqueue(text, text[])'::regprocedure, 'runtime.open_topic(text, integer)'::regprocedure, 'runtime.publish(jsonb)'::regprocedure;
