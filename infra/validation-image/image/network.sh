# Ports and neighbours. Nothing here bonds or bridges: on a bond every port repeats what the others hear.

# Ethernet ports that are hardware: neither made by software nor slices (virtual functions) of another port.
physical_ports() {
  for each in /sys/class/net/*; do
    [ -e "$each/device" ] && [ ! -e "$each/device/physfn" ] && [ "$(cat "$each/type")" = 1 ] && basename "$each"
  done
}

has_carrier() { [ "$(cat "/sys/class/net/$1/carrier" 2>/dev/null)" = 1 ]; }

# BOOTIF is the MAC with dashes behind the number of its kind; else the first port that has an address; else the first.
boot_mac() {
  given=$(setting BOOTIF '' | tr 'A-F-' 'a-f:')
  if [ -n "$given" ]; then echo "${given#01:}"; return; fi
  first=$(cat /run/boot-port 2>/dev/null || physical_ports | head -n 1)
  cat "/sys/class/net/$first/address"
}

# Every port goes up, and each gets the time that copper takes to agree on a speed.
ports_up() {
  ip link set lo up
  for port in $(physical_ports); do ip link set "$port" up; done
  waited=0
  while [ $waited -lt 10 ]; do
    dark=0
    for port in $(physical_ports); do has_carrier "$port" || dark=$((dark + 1)); done
    [ $dark -eq 0 ] && break
    sleep 1
    waited=$((waited + 1))
  done
}

start_lldp() {
  lldp_since=$(uptime_seconds)
  lldpd -d >/run/lldpd.log 2>&1 &
}

uptime_seconds() { cut -d . -f 1 /proc/uptime; }

# An address on the port it was booted from; where that is not said or does not answer, on any that has a link.
connect() {
  while :; do
    for port in $(ports_in_order); do
      has_carrier "$port" || continue
      if udhcpc -i "$port" -n -t 5 -T 3 -V rackline-validation -s /lib/rackline/lease.sh; then
        echo "$port" >/run/boot-port
        return
      fi
    done
    say "no port got an address; trying again in 5 s"
    sleep 5
  done
}

ports_in_order() {
  wanted=$(setting BOOTIF '' | tr 'A-F-' 'a-f:')
  others=
  for port in $(physical_ports); do
    if [ "01:$(cat "/sys/class/net/$port/address")" = "$wanted" ]; then echo "$port"; else others="$others $port"; fi
  done
  for port in $others; do echo "$port"; done
}

# Ends when every port with a link has heard somebody, or when the time is up.
listen_for_neighbours() {
  limit=$(setting rackline.lldp_seconds 35)
  while [ $(($(uptime_seconds) - lldp_since)) -lt "$limit" ]; do
    silent=0
    lldpcli -f keyvalue show neighbors >/run/heard 2>/dev/null
    for port in $(physical_ports); do
      if has_carrier "$port" && ! grep -q "^lldp\.$port\." /run/heard; then silent=$((silent + 1)); fi
    done
    [ $silent -eq 0 ] && break
    sleep 1
  done
  put lldp lldpcli -f json0 show neighbors
}
