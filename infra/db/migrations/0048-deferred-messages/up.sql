-- A message that waits for another one is deferred, in the words of the engine's code and of message brokers.
ALTER TABLE durable.message RENAME COLUMN parked TO deferred;
COMMENT ON TABLE durable.message IS
  'The inboxes. A timer is a message that is visible later; a deferred message waits for another one.';
