#!/bin/sh
# Kea calls this through libdhcp_run_script for every event; leases that were just given are left for the edge agent,
# one file each. Kea does not wait for it and does not call again, so the lease is on disk before this ends, agent
# running or not. Nothing but the shell itself runs here: a thousand machines may ask within a minute.
# The folder is the one below, or what a file rackline-lease.conf beside this script says: spool=/some/folder (Kea passes none
# of its own environment on).
# Kea's user must be able to write it.
LC_ALL=C
spool=/var/spool/rackline/leases
[ -r "${0%/*}/rackline-lease.conf" ] && . "${0%/*}/rackline-lease.conf"

# Renewals come as leases4_committed too; every other event says nothing about an address given.
[ "$1" = leases4_committed ] || exit 0
case $LEASES4_SIZE in '' | *[!0-9]*) exit 0 ;; esac

failed=0
i=0
while [ "$i" -lt "$LEASES4_SIZE" ]; do
  eval "mac=\$LEASES4_AT${i}_HWADDR address=\$LEASES4_AT${i}_ADDRESS at=\$LEASES4_AT${i}_CLTT hostname=\$LEASES4_AT${i}_HOSTNAME"
  i=$((i + 1))
  # They become part of a file's name, and a client chooses the hostname: what is not plain text is left out.
  case $mac in '' | *[!0-9a-f:]*) continue ;; esac
  case $at in '' | *[!0-9]*) continue ;; esac
  case $hostname in *[![:print:]]*) hostname= ;; esac
  printf 'rackline-lease 1\nmac=%s\naddress=%s\nat=%s\nhostname=%s\n\n' \
    "$mac" "$address" "$at" "$hostname" >"$spool/$at-$mac-$$-$i.lease" || failed=1
done
exit $failed
