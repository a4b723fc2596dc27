-- What a task has to be done about, one by one, so that each can be answered by itself.
ALTER TABLE task ADD COLUMN lines jsonb NOT NULL DEFAULT '[]';
