SELECT deferred FROM durable.message WHERE false;
