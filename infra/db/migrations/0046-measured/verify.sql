SELECT measured, measured_at FROM asset WHERE false;
