#!/bin/sh
# Installs the Debian packages that the demo and the tests use and that are missing, where this user may.
# Elsewhere it names them and goes on: the demo then takes the broker of the `demo` extra; the tests say what they lack.
set -eu

missing=""
[ -x /usr/sbin/mosquitto ] || command -v mosquitto >/dev/null || missing="$missing mosquitto"
command -v docker-compose >/dev/null || missing="$missing docker-compose"
command -v mkfs.ext4 >/dev/null || [ -x /sbin/mkfs.ext4 ] || missing="$missing e2fsprogs"
command -v pdftotext >/dev/null || missing="$missing poppler-utils"
command -v losetup >/dev/null || [ -x /sbin/losetup ] || missing="$missing mount"
command -v openssl >/dev/null || missing="$missing openssl"
command -v chromium >/dev/null || missing="$missing chromium"
# Without Chinese letters a browser shows boxes.
ls /usr/share/fonts/opentype/noto/NotoSansCJK-*.ttc >/dev/null 2>&1 || missing="$missing fonts-noto-cjk"

[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    echo "Missing packages:$missing. On Debian: sudo apt-get install$missing" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# The run level keeps a package's own service from starting: the demo and the tests start their brokers themselves.
export RUNLEVEL=1
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null
