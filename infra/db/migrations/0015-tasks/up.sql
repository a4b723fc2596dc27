-- Work for people. `dedupe_key` says what the task is about: asking for the same work twice makes one task.
CREATE TABLE task (
  id            text PRIMARY KEY,
  kind          text NOT NULL,
  dedupe_key    text NOT NULL UNIQUE,
  datacenter_id text NOT NULL REFERENCES datacenter (id),
  server_id     text REFERENCES asset (id),
  order_id      text REFERENCES customer_order (id),
  shipment_id   text REFERENCES shipment (id),
  saga_id       text NOT NULL,
  title         text NOT NULL,
  instructions  jsonb NOT NULL,
  state         text NOT NULL CHECK (state IN ('open', 'claimed', 'done', 'cancelled')),
  claimed_by    text,
  result        jsonb,
  completed_by  text,
  due_at        timestamptz NOT NULL,
  created_at    timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL
);
CREATE INDEX task_datacenter ON task (datacenter_id, state, due_at);
