SELECT instruction FROM finding WHERE false;
