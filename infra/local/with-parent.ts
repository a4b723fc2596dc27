// Preloaded into every process the supervisor starts: when the supervisor is gone, however it went, so are they.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
