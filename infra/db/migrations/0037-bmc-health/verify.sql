SELECT server_id, at, health, health_since, power_watts, inlet_celsius, unreachable_since, unreachable, looked_at, alarmed FROM bmc_health WHERE false;
