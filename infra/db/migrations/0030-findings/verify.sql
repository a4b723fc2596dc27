SELECT evidence, hint, seen_at, waived_at, waived_by, waived_reason, task_id, instruction, answer FROM finding WHERE false;
