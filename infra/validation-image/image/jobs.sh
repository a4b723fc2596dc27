# Jobs of the image: one at a time, as lines of `key=value`; progress goes back as JSON.

serve_jobs() {
  [ -n "$(report_url)" ] || while :; do sleep 3600; done
  while :; do
    if timeout 30 wget -q -O /run/job "$(beside job)" 2>/run/refusal; then
      if [ -s /run/job ]; then take_job; fi
    elif grep -q ' 40[34] ' /run/refusal; then
      sleep 60 # this address hands out no jobs, at least not yet; or this boot's token has expired
    fi
    sleep "$(setting rackline.poll_seconds 10)"
  done
}

# job KEY: all values that the job has for KEY.
job() { sed -n "s/^$1=//p" /run/job | tr -d '\r'; }

# A job that was done is not done again: its end is posted again.
take_job() {
  id=$(job id)
  case $id in '' | *[!A-Za-z0-9_-]*) say "a job without a usable id is ignored"; return ;; esac
  job_url=$(beside "job/$id")
  if [ ! -e "/run/done/$id" ]; then
    say "job $id: $(job kind)"
    : >/run/results
    progress running 0
    if perform "$(job kind)"; then outcome='done'; else outcome=failed; fi
    outcome_json $outcome 100 >"/run/done/$id"
  fi
  post "/run/done/$id" "$job_url"
}

perform() {
  case $1 in
    burn-in) . /lib/rackline/burn-in.sh ;;
    link-test) . /lib/rackline/link-test.sh ;;
    erase) . /lib/rackline/erase.sh ;;
    *) result "$1" failed "this image knows no such job"; return 1 ;;
  esac
}

# result SUBJECT OUTCOME EVIDENCE: one line of what was found; a tab keeps them apart.
result() { printf '%s\t%s\t%s\n' "$1" "$2" "$(printf %s "$3" | tr '\t\n' '  ')" >>/run/results; }

outcome_json() { printf '{"state":"%s","percent":%d,"results":"%s"}' "$1" "$2" "$(base64_of /run/results)"; }

# progress STATE PERCENT: posted once; when it fails, the next one makes up for it.
progress() {
  outcome_json "$1" "$2" >/run/progress
  timeout 10 wget -q -O /dev/null --header 'Content-Type: application/json' --post-file /run/progress "$job_url" 2>/dev/null
}
