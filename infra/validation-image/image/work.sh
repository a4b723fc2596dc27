# Work the image is given: one order at a time, as lines of `key=value`; progress goes back as JSON.

serve_work() {
  [ -n "$(report_url)" ] || while :; do sleep 3600; done
  while :; do
    if timeout 30 wget -q -O /run/order "$(beside work)" 2>/run/refusal; then
      if [ -s /run/order ]; then take_order; fi
    elif grep -q ' 40[34] ' /run/refusal; then
      sleep 60 # nobody gives work here, at least not yet; or this boot's token has ended
    fi
    sleep "$(setting rackline.poll_seconds 10)"
  done
}

# order KEY: all values that the order has for KEY.
order() { sed -n "s/^$1=//p" /run/order | tr -d '\r'; }

# An order that was done is not done again: a repeated question gets the same answer.
take_order() {
  id=$(order id)
  case $id in '' | *[!A-Za-z0-9_-]*) say "an order without a usable id is ignored"; return ;; esac
  work_url=$(beside "work/$id")
  if [ ! -e "/run/done/$id" ]; then
    say "order $id: $(order kind)"
    : >/run/results
    progress running 0
    if perform "$(order kind)"; then outcome='done'; else outcome=failed; fi
    outcome_json $outcome 100 >"/run/done/$id"
  fi
  post "/run/done/$id" "$work_url"
}

perform() {
  case $1 in
    burn-in) . /lib/rackline/burn-in.sh ;;
    link-test) . /lib/rackline/link-test.sh ;;
    erase) . /lib/rackline/erase.sh ;;
    *) result "$1" failed "this image knows no such work"; return 1 ;;
  esac
}

# result SUBJECT OUTCOME EVIDENCE: one line of what was found; a tab keeps them apart.
result() { printf '%s\t%s\t%s\n' "$1" "$2" "$(printf %s "$3" | tr '\t\n' '  ')" >>/run/results; }

outcome_json() { printf '{"state":"%s","percent":%d,"results":"%s"}' "$1" "$2" "$(base64_of /run/results)"; }

# progress STATE PERCENT: told once, without insisting; the next one says more.
progress() {
  outcome_json "$1" "$2" >/run/progress
  timeout 10 wget -q -O /dev/null --header 'Content-Type: application/json' --post-file /run/progress "$work_url" 2>/dev/null
}
