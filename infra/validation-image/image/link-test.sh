# Every port: is there a link, at what speed, and does traffic to `target` (where the port has an address) come
# back without loss and without the port counting errors?
count=$(job count)
target=$(job target)
failures=0

counted_errors() { cat "/sys/class/net/$1/statistics/rx_errors" "/sys/class/net/$1/statistics/tx_errors" | awk '{ sum += $1 } END { print sum }'; }

for port in $(physical_ports); do
  if ! has_carrier "$port"; then
    failures=$((failures + 1))
    result "$port" failed 'no link'
    continue
  fi
  before=$(counted_errors "$port")
  lost=0
  sent=0
  if [ -n "$target" ] && ip -4 addr show dev "$port" | grep -q 'inet '; then
    sent=${count:-100}
    came=$(ping -I "$port" -c "$sent" -i 0.05 -s 1400 -w 60 "$target" | sed -n 's/.* \([0-9]*\) packets received.*/\1/p')
    lost=$((sent - ${came:-0}))
  fi
  errors=$(($(counted_errors "$port") - before))
  speed=$(cat "/sys/class/net/$port/speed" 2>/dev/null)
  [ "${speed:-0}" -gt 0 ] || speed=unknown
  evidence="$speed Mb/s, $lost of $sent packets lost, $errors errors counted"
  if [ "$lost" -eq 0 ] && [ $errors -eq 0 ]; then result "$port" passed "$evidence"; else failures=$((failures + 1)); result "$port" failed "$evidence"; fi
done
[ $failures -eq 0 ]
