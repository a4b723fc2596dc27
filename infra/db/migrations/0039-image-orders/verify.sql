SELECT work, ordered_at, expires_at, withdrawn_at FROM image_work WHERE false;
