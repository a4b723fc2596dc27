-- What a technician is asked to do about a finding is called an instruction everywhere.
ALTER TABLE finding RENAME COLUMN told TO instruction;
