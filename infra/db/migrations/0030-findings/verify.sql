SELECT evidence, hint, seen_at, waived_at, waived_by, waived_reason, task_id, told, answer FROM finding WHERE false;
