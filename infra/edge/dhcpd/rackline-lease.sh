#!/bin/sh
# ISC dhcpd runs this on every commit of a lease and waits for it, so nothing but the shell itself runs here. The lease is
# left for the edge agent in a file of its own and is on disk before dhcpd answers the client, agent running or not.
# Arguments (see dhcpd.conf): MAC, address, circuit id as bytes in hexadecimal, host name, vendor class.
# The folder is the one below, or what a file rackline-lease.conf beside this script says: spool=/some/folder.
# dhcpd's user must be able to write it.
LC_ALL=C
spool=/var/spool/rackline/leases
[ -r "${0%/*}/rackline-lease.conf" ] && . "${0%/*}/rackline-lease.conf"

mac=$1 address=$2 circuit=$3 hostname=$4 vendor_class=$5

# They become part of a file's name, and a client chooses the last two: what is not plain text is left out.
case $mac in '' | *[!0-9a-f:]*) exit 0 ;; esac
case $address in '' | *[!0-9.]*) exit 0 ;; esac
case $hostname in *[![:print:]]*) hostname= ;; esac
case $vendor_class in *[![:print:]]*) vendor_class= ;; esac

# dhcpd tells no time here; the file's own stands for it.
printf 'rackline-lease 1\nmac=%s\naddress=%s\ncircuit=%s\nhostname=%s\nvendor-class=%s\n\n' \
  "$mac" "$address" "$circuit" "$hostname" "$vendor_class" >"$spool/$mac-$address-$$.lease"
