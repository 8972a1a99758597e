#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.sh PACKAGE...: what the build and its tests need. Each PACKAGE is a name that pkg-config knows. What is missing is installed
# with apt (as root, or by sudo); elsewhere the names are printed for apt, dnf, apk and brew. Says nothing where nothing is missing.
set -u

# what is looked for: a pkg-config name, or a program after a colon; then its package for apt, dnf, apk and brew
table='
libavformat     libavformat-dev    ffmpeg-devel       ffmpeg-dev       ffmpeg
libavcodec      libavcodec-dev     ffmpeg-devel       ffmpeg-dev       ffmpeg
libavfilter     libavfilter-dev    ffmpeg-devel       ffmpeg-dev       ffmpeg
libswscale      libswscale-dev     ffmpeg-devel       ffmpeg-dev       ffmpeg
libswresample   libswresample-dev  ffmpeg-devel       ffmpeg-dev       ffmpeg
libavutil       libavutil-dev      ffmpeg-devel       ffmpeg-dev       ffmpeg
sndfile         libsndfile1-dev    libsndfile-devel   libsndfile-dev   libsndfile
libcjson        libcjson-dev       cjson-devel        cjson-dev        cjson
libebur128      libebur128-dev     libebur128-devel   libebur128-dev   libebur128
cairo           libcairo2-dev      cairo-devel        cairo-dev        cairo
libarchive      libarchive-dev     libarchive-devel   libarchive-dev   libarchive
cmocka          libcmocka-dev      libcmocka-devel    cmocka-dev       cmocka
libcurl         libcurl4-openssl-dev libcurl-devel    curl-dev         curl
libcrypto       libssl-dev         openssl-devel      openssl-dev      openssl
libseccomp      libseccomp-dev     libseccomp-devel   libseccomp-dev   libseccomp
:cc             gcc                gcc                build-base       gcc
:make           make               make               make             make
:pkg-config     pkg-config         pkgconf-pkg-config pkgconf          pkgconf
:bash           bash               bash               bash             bash
:ffmpeg         ffmpeg             ffmpeg             ffmpeg           ffmpeg
:ffprobe        ffmpeg             ffmpeg             ffmpeg           ffmpeg
:prove          perl               perl-Test-Harness  perl-utils       perl
:python3        python3            python3            python3          python3
:strace         strace             strace             strace           strace
:clang-format   clang-format       clang-tools-extra  clang-extra-tools clang-format
:cppcheck       cppcheck           cppcheck           cppcheck         cppcheck
:openssl        openssl            openssl            openssl          openssl
:mandoc         mandoc             mandoc             mandoc           mandoc
'

have()
{
    case $1 in
        :pkg-config) command -v "${PKG_CONFIG:-pkg-config}" >/dev/null ;;
        :strace) [ "$(uname)" != Linux ] || command -v strace >/dev/null ;;
        :*) command -v "${1#:}" >/dev/null ;;
        *) "${PKG_CONFIG:-pkg-config}" --exists "$1" 2>/dev/null ;;
    esac
}

# column N of what is missing, each name once
names()
{
    for key in $missing; do
        echo "$table" | awk -v key="$key" -v column="$1" '$1 == key { print $column; found = 1 } END { if (!found) print key }'
    done | sort -u | tr '\n' ' '
}

missing=
for key in "$@" $(echo "$table" | awk '/^:/ { print $1 }'); do
    have "$key" || missing="$missing $key"
done
[ -n "$missing" ] || exit 0

if command -v apt-get >/dev/null; then
    root=
    [ "$(id -u)" -eq 0 ] || root=sudo
    if [ -z "$root" ] || command -v sudo >/dev/null; then
        echo "installing: $(names 2)"
        # shellcheck disable=SC2046 # names, one a word
        $root apt-get update -q && $root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $(names 2)
        exit
    fi
fi
cat >&2 <<END
These are missing:$missing
  apt   apt install $(names 2)
  dnf   dnf install $(names 3)  (ffmpeg-devel is RPM Fusion's)
  apk   apk add $(names 4)
  brew  brew install $(names 5)
END
exit 1
