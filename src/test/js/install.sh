#!/usr/bin/env bash
# Finds the commands that tests drive, and installs with apt-get what is missing. Arguments: command=package …
set -euo pipefail

missing=()
for pair in "$@"; do
  if path=$(PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%=*}"); then
    echo "found: $path"
  else
    missing+=("${pair#*=}")
  fi
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "missing: ${missing[*]}; installing with apt-get"
if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; }; then
  echo "cannot install, please do it by hand: ${missing[*]}" >&2
  exit 1
fi
