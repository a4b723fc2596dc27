SELECT similarity('a', 'a');
