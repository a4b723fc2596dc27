# What the server is, in the words of the tools that looked. Nothing is understood here: the receiver does that.

# put NAME PROGRAM…: keeps what the program says. A program that fails or hangs leaves what it said so far.
put() {
  file=/run/inventory/$1
  shift
  mkdir -p "$(dirname "$file")"
  timeout 60 "$@" >"$file" 2>/run/inventory.err </dev/null || say "$1 ended with $?: $(head -n 1 /run/inventory.err)"
}

collect() {
  put dmidecode dmidecode
  put lshw lshw -json -quiet
  put lsblk lsblk -J -b -d -o KNAME,MODEL,SIZE,ROTA,TYPE,SERIAL,TRAN
  for port in $(physical_ports); do
    # shellcheck disable=SC2016 # the inner shell expands it
    put "ethtool/$port" sh -c 'ethtool "$1"; ethtool -i "$1"; ethtool -P "$1"' ethtool "$port"
    ethtool -m "$port" >/dev/null 2>&1 && put "optics/$port" ethtool -m "$port"
  done
  for drive in $(drives); do
    put "smartctl/$drive" smartctl -i -H "/dev/$drive"
    case $drive in nvme*) put "nvme-id-ctrl/$drive" nvme id-ctrl -o json "/dev/$drive" ;; esac
    # Of a SCSI drive hdparm would tell an ATA drive's tale with zeros in it.
    if is_ata "$drive"; then put "hdparm/$drive" hdparm -I "/dev/$drive"; fi
  done
}

is_ata() { smartctl -i "/dev/$1" | grep -q '^ATA Version is'; }

# There is no udev here that would tell lsblk the serial numbers of SCSI and SATA drives; the drive itself does.
serial_of() { smartctl -i "/dev/$1" | sed -n 's/^Serial [Nn]umber: *//p' | sed 's/ *$//'; }

drives() { lsblk -d -n -o KNAME,TYPE | while read -r name type; do [ "$type" = disk ] && case $name in ram* | loop* | zram* | fd*) ;; *) echo "$name" ;; esac; done; }

report_inventory() {
  [ -n "$(report_url)" ] || { say "the command line has no rackline.report=: nothing is reported"; return; }
  {
    printf '{"format":"rackline.inventory/1","bootMac":"%s","outputs":{' "$(boot_mac)"
    separator=
    find /run/inventory -type f | sort | while read -r file; do
      printf '%s"%s":"%s"' "$separator" "${file#/run/inventory/}" "$(base64_of "$file")"
      separator=,
    done
    printf '}}'
  } >/run/report.json
  post /run/report.json "$(report_url)"
  say "inventory reported"
}
