#!/usr/bin/env bash
# Build the Containerfile and start a studio from it, on a Debian without a daemon and without a registry of images:
# the base image is made by debootstrap, with Debian's Python. Run it as root; it takes five minutes.
#   apt-get install buildah debootstrap curl && tests/deploy/image.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
work="$(mktemp -d)"
base="$(sed -n 's/^FROM \([^ ]*\).*/\1/p' Containerfile | head -n 1)"
port=8791
container=
trap 'kill "${studio:-}" 2>/dev/null || true; wait; [ -z "$container" ] || buildah rm "$container" >/dev/null; rm -rf "$work"' EXIT

debootstrap --variant=minbase --include=python3,python3-venv,python-is-python3,ca-certificates \
    bookworm "$work/root" "${MIRROR:-http://deb.debian.org/debian}" >"$work/debootstrap.log"
container="$(buildah from scratch)"
buildah add --quiet "$container" "$work/root" /
buildah commit --quiet "$container" "$base" >/dev/null
buildah rm "$container" >/dev/null
container=

# the certificates of this machine, for a proxy that it may have
buildah bud --pull=never --network host --volume /etc/ssl/certs:/etc/ssl/certs:ro --tag dailies --file Containerfile .

container="$(buildah from --pull=never localhost/dailies)"
[ "$(buildah run "$container" -- id -u)" = 10001 ]
buildah run "$container" -- .venv/bin/python manage.py studio --port "$port" --no-sample &
studio=$!
curl --silent --show-error --retry 30 --retry-delay 2 --retry-all-errors --fail "http://127.0.0.1:$port/healthz"
echo
