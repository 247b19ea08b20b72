#!/usr/bin/env bash
# Finds what the end-to-end tests drive, and installs with apt-get what is missing.
set -euo pipefail

declare -A package=([chromium]=chromium [firefox-esr]=firefox-esr [haproxy]=haproxy [ip]=iproute2
  [java]=openjdk-17-jre-headless [turnserver]=coturn)
missing=()
for command in "${!package[@]}"; do
  if path=$(PATH="$PATH:/usr/sbin:/sbin" command -v "$command"); then
    echo "found: $path"
  else
    missing+=("${package[$command]}")
  fi
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "missing: ${missing[*]}; installing with apt-get"
if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; }; then
  echo "cannot install, please do it by hand: ${missing[*]}" >&2
  exit 1
fi
