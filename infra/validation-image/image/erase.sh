# Erases the drives whose serial numbers the job names (`drive=` lines), and no other. Before it begins it
# writes a mark at several places of the drive; a drive counts as erased when every mark is gone afterwards.
# The strongest way the drive itself offers is taken. A flash drive that offers none is refused: overwriting
# leaves copies behind on it (NIST SP 800-88). `nvme format` with setting 0 erases nothing and is never used.

drive_of() { # drive_of SERIAL: its name, if exactly one drive has that serial number
  found=
  for each in $(drives); do [ "$(serial_of "$each")" = "$1" ] && found="$found $each"; done
  # shellcheck disable=SC2086 # a list of names
  set -- $found
  [ $# -eq 1 ] && echo "$1"
}

mark_text="rackline-mark-$(cat /proc/sys/kernel/random/uuid)"
places() { # places DRIVE: block numbers of 4 KiB, from the first to the last
  blocks=$(($(blockdev --getsize64 "/dev/$1") / 4096))
  for part in 0 1 2 3 4 5 6 7; do echo $((blocks * part / 8)); done
  echo $((blocks - 1))
}
mark() {
  { printf '%s' "$mark_text"; head -c 4096 /dev/zero; } | head -c 4096 >"/run/work/$1.mark"
  for place in $(places "$1"); do dd if="/run/work/$1.mark" of="/dev/$1" bs=4096 seek="$place" count=1 conv=fsync 2>/dev/null || return 1; done
}
marks_left() {
  echo 3 >/proc/sys/vm/drop_caches
  blockdev --flushbufs "/dev/$1"
  for place in $(places "$1"); do
    # What cannot be read is not shown to be gone.
    dd if="/dev/$1" of="/run/work/$1.read" bs=4096 skip="$place" count=1 2>/dev/null || { echo "$place (unreadable)"; return; }
    grep -q "$mark_text" "/run/work/$1.read" && { echo "$place"; return; }
  done
}

nvme_field() { nvme id-ctrl -o json "/dev/$1" | sed -n "s/^ *\"$2\" *: *\([0-9]*\).*/\1/p" | head -n 1; }

erase_nvme() {
  sanitize=$(nvme_field "$1" sanicap)
  formats=$(nvme_field "$1" oacs)
  crypto=$(nvme_field "$1" fna)
  if [ $((${sanitize:-0} & 2)) -ne 0 ]; then method=nvme-sanitize-block; nvme sanitize -a 2 "/dev/$1" && wait_sanitized "$1"
  elif [ $((${sanitize:-0} & 1)) -ne 0 ]; then method=nvme-sanitize-crypto; nvme sanitize -a 4 "/dev/$1" && wait_sanitized "$1"
  elif [ $((${formats:-0} & 2)) -ne 0 ] && [ $((${crypto:-0} & 4)) -ne 0 ]; then method=nvme-format-crypto; nvme format -f -s 2 "/dev/$1"
  elif [ $((${formats:-0} & 2)) -ne 0 ]; then method=nvme-format-user-data; nvme format -f -s 1 "/dev/$1"
  else method=none; return 1; fi
}

# The low three bits of the sanitize status: 2 is under way, 1 and 4 are done, 3 is failed.
wait_sanitized() {
  while :; do
    state=$(($(nvme sanitize-log -o json "/dev/$1" | sed -n 's/.*"sstat" *: *\([0-9]*\).*/\1/p' | head -n 1) & 7))
    case $state in 1 | 4) return 0 ;; 2) sleep 5 ;; *) return 1 ;; esac
  done
}

erase_ata() {
  hdparm -I "/dev/$1" >"/run/work/$1.hdparm" 2>/dev/null
  if grep -q 'frozen' "/run/work/$1.hdparm" && ! grep -q 'not[[:space:]]*frozen' "/run/work/$1.hdparm"; then method=ata-frozen; return 1; fi
  password=rackline
  if grep -q 'supported: enhanced erase' "/run/work/$1.hdparm"; then
    method=ata-secure-erase-enhanced
    hdparm --user-master u --security-set-pass $password "/dev/$1" && hdparm --user-master u --security-erase-enhanced $password "/dev/$1"
  elif grep -q 'SECURITY ERASE UNIT' "/run/work/$1.hdparm"; then
    method=ata-secure-erase
    hdparm --user-master u --security-set-pass $password "/dev/$1" && hdparm --user-master u --security-erase $password "/dev/$1"
  else
    overwrite "$1"
  fi
}

overwrite() {
  method=overwrite
  [ "$(cat "/sys/block/$1/queue/rotational")" = 1 ] || { method=none; return 1; }
  size=$(blockdev --getsize64 "/dev/$1")
  whole=$((size / 1048576))
  dd if=/dev/zero of="/dev/$1" bs=1M count=$whole conv=fsync || return 1
  # The rest that does not fill a mebibyte.
  dd if=/dev/zero of="/dev/$1" bs=512 seek=$((whole * 2048)) count=$((size % 1048576 / 512)) conv=fsync
}

erase_drive() {
  mark "$1" || { method=none; return 1; }
  case $1 in
    nvme*) erase_nvme "$1" ;;
    sd*) if is_ata "$1"; then erase_ata "$1"; else method=scsi-sanitize-block; sg_sanitize --block --wait --quick "/dev/$1" || overwrite "$1"; fi ;;
    *) overwrite "$1" ;;
  esac
}

# One drive from job to proof. Drives are erased beside each other: a shelf of large ones takes as long as one.
erase_serial() {
  drive=$(drive_of "$1")
  if [ -z "$drive" ]; then result "$1" failed 'not exactly one drive has this serial number'; return; fi
  method=none
  if ! erase_drive "$drive" >"/run/work/$drive.log" 2>&1; then
    result "$1" failed "$method: $(tail -n 1 "/run/work/$drive.log")"
    return
  fi
  left=$(marks_left "$drive")
  if [ -z "$left" ]; then result "$1" erased "$method, all marks gone"; else result "$1" failed "$method ran, but a mark is still there at block $left"; fi
}

rm -f /run/work/*
wanted=$(job drive)
[ -n "$wanted" ] || { result job failed 'it names no drive'; return 1; }
total=0
for serial in $wanted; do
  erase_serial "$serial" &
  total=$((total + 1))
done
while finished=$(wc -l </run/results) && [ "$finished" -lt $total ]; do
  progress running $((finished * 100 / total))
  sleep 10
done
! grep -q "$(printf '\tfailed\t')" /run/results
