#!/bin/sh
# `vegeta attack` with the given options on the targets of standard input. Writes each result as a line of CSV, as it comes.
# SIGINT ends the attack; what was asked by then is waited for.
set -eu
cat >/tmp/targets
mkfifo /tmp/results
vegeta encode --to csv </tmp/results &
encode=$!
vegeta attack -targets /tmp/targets "$@" >/tmp/results &
attack=$!
trap 'kill -INT "$attack"' INT TERM
# A signal ends the first wait, not the attack.
wait "$attack" || wait "$attack"
wait "$encode"
