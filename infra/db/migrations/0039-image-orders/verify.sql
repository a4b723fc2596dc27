SELECT job, requested_at, expires_at, withdrawn_at FROM image_job WHERE false;
