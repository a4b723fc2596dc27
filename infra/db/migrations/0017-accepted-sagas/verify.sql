SELECT 1 FROM pg_constraint WHERE conname = 'saga_state_check' AND pg_get_constraintdef(oid) LIKE '%accepted%';
