SELECT bmc_secret_ref FROM asset WHERE false;
