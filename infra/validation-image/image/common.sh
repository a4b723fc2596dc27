# Words that every part of the image uses.

say() { echo "rackline: $*"; }

# setting NAME DEFAULT: what the kernel's command line says of NAME.
setting() {
  # shellcheck disable=SC2013 # its words are what is wanted
  for word in $(cat /proc/cmdline); do
    case $word in "$1="*) echo "${word#*=}"; return ;; esac
  done
  echo "$2"
}

# The machine's drivers, by what its buses say is in them; twice, because one driver may bring up another bus.
load_drivers() {
  for _ in 1 2; do
    find /sys/devices -name modalias -exec cat {} + | sort -u | xargs modprobe -a -q 2>/dev/null
    sleep 1
  done
  modprobe -a -q ipmi_si ipmi_devintf sd_mod 2>/dev/null
}

# base64_of FILE: the whole file as one word, which fits into JSON as it is.
base64_of() { base64 "$1" | tr -d '\n'; }

report_url() { setting rackline.report ''; }

# beside PATH: the address of PATH beside the report's, with the same query (it may carry a token).
beside() {
  url=$(report_url)
  query=
  case $url in *\?*) query=${url#*\?}; url=${url%%\?*} ;; esac
  echo "${url%/*}/$1?${query:+$query&}mac=$(boot_mac)"
}

# post FILE URL: tries until it is taken, a little later each time, at most a minute apart.
post() {
  pause=1
  until timeout 30 wget -q -O /run/answer --header 'Content-Type: application/json' --post-file "$1" "$2" 2>/run/refusal; do
    say "the report was not taken ($(tail -n 1 /run/refusal)); trying again in $pause s"
    sleep $pause
    pause=$((pause * 2)); [ $pause -le 60 ] || pause=60
  done
}
