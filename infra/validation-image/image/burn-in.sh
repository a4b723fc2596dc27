# Heats the server for `seconds` and counts what breaks: every processor computes a hash whose value is known,
# memory is written and read with patterns, drives are read. Nothing is written to a drive.
seconds=$(job seconds)
until_then=$(($(uptime_seconds) + ${seconds:-600}))
failures=0

# 16 MiB of zeros.
known_hash=080acf35a507ac9849cfcba47dc2ad83e01b75663a516279c8b9d243b719643e

heat_processor() {
  rounds=0
  while [ "$(uptime_seconds)" -lt $until_then ]; do
    hash=$(head -c 16777216 /dev/zero | taskset -c "$1" sha256sum | cut -d ' ' -f 1)
    rounds=$((rounds + 1))
    if [ "$hash" != $known_hash ]; then echo "wrong hash $hash in round $rounds" >"/run/work/cpu$1.bad"; return; fi
  done
  echo $rounds >"/run/work/cpu$1.good"
}

# As much as leaves the image itself room to breathe.
mebibytes=$(($(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo) * 7 / 10240))

test_memory() {
  timeout "${seconds:-600}" memtester "${mebibytes}M" >/run/work/memory.log 2>&1
  grep -q FAILURE /run/work/memory.log && grep FAILURE /run/work/memory.log | head -n 3 >/run/work/memory.bad
}

read_drive() {
  timeout "${seconds:-600}" dd if="/dev/$1" of=/dev/null bs=1M 2>"/run/work/$1.log"
  grep -qi 'error' "/run/work/$1.log" && cp "/run/work/$1.log" "/run/work/$1.bad"
}

corrected_errors() { cat /sys/devices/system/edac/mc/mc*/ce_count /sys/devices/system/edac/mc/mc*/ue_count 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'; }

rm -f /run/work/*
before=$(corrected_errors)
workers=
cpu=0
while [ $cpu -lt "$(nproc)" ]; do
  heat_processor $cpu &
  workers="$workers $!"
  cpu=$((cpu + 1))
done
test_memory & workers="$workers $!"
for drive in $(drives); do read_drive "$drive" & workers="$workers $!"; done

while [ "$(uptime_seconds)" -lt $until_then ]; do
  progress running $((100 - (until_then - $(uptime_seconds)) * 100 / ${seconds:-600}))
  left=$((until_then - $(uptime_seconds)))
  sleep $((left > 10 ? 10 : left > 0 ? left : 1))
done
# shellcheck disable=SC2086 # a list of ids
wait $workers

verdict() { # verdict SUBJECT FILE EVIDENCE
  if [ -s "$2" ]; then failures=$((failures + 1)); result "$1" failed "$(cat "$2")"; else result "$1" passed "$3"; fi
}
cpu=0
while [ $cpu -lt "$(nproc)" ]; do
  verdict "cpu$cpu" "/run/work/cpu$cpu.bad" "$(cat "/run/work/cpu$cpu.good" 2>/dev/null) hashes of 16 MiB"
  cpu=$((cpu + 1))
done
verdict memory /run/work/memory.bad "no pattern failed in $mebibytes MiB"
for drive in $(drives); do verdict "$drive" "/run/work/$drive.bad" "$(tail -n 1 "/run/work/$drive.log")"; done
errors=$(($(corrected_errors) - before))
if [ $errors -gt 0 ]; then failures=$((failures + 1)); result ecc failed "$errors memory errors were corrected or not"; else result ecc passed "no memory errors counted"; fi
[ $failures -eq 0 ]
