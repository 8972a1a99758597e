#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: the project installs, uninstalls and asks for what it lacks as its users expect.
. "$(dirname "$0")/tap.sh"
tools=$(basename -s .c cmd/rec-*.c)
unset MAKEFLAGS MAKELEVEL

root=$tmp/root
run make install DESTDIR="$root" PREFIX=/opt/rec
exits 0 'make install'
for tool in $tools; do
    check "$tool runs where it was installed" "$root/opt/rec/bin/$tool" --version
    check "$tool has its man page" cmp "man/$tool.1" "$root/opt/rec/share/man/man1/$tool.1"
    check "$tool completes in bash" bash -n "$root/opt/rec/share/bash-completion/completions/$tool"
    check "$tool completes in zsh" grep -q "^#compdef $tool" "$root/opt/rec/share/zsh/site-functions/_$tool"
    check "$tool completes in fish" grep -q "^complete -c $tool" "$root/opt/rec/share/fish/vendor_completions.d/$tool.fish"
done
for page in man/*.[57]; do
    check "$page is installed" cmp "$page" "$root/opt/rec/share/man/man${page##*.}/${page#man/}"
done
check 'nothing is installed outside of the prefix' nothing_but "$root" opt
run make uninstall DESTDIR="$root" PREFIX=/opt/rec
exits 0 'make uninstall'
check 'it removes every file that was installed' [ -z "$(find "$root" -type f)" ]

# a machine without the libraries: pkg-config that knows nothing
mkdir "$tmp/none"
printf '#!/bin/sh\nexit 1\n' >"$tmp/none/pkg-config"
chmod +x "$tmp/none/pkg-config"
run make BUILD="$tmp/fresh" PKG_CONFIG="$tmp/none/pkg-config" -j2
exits 2 'make without the libraries fails'
check 'it says what to run, and no wall of errors' grep -q 'run: make deps' "$tmp/err"
check 'it compiles nothing' [ -z "$(find "$tmp/fresh" -name '*.o' 2>/dev/null)" ]

run env PKG_CONFIG=true tests/deps.sh libavcodec
exits 0 'deps with everything there'
check 'it says nothing' [ ! -s "$tmp/out" ]

# neither apt nor root's: only what the script itself needs
mkdir "$tmp/bin"
for program in sh uname awk sort tr cat env; do
    ln -s "$(command -v $program)" "$tmp/bin/"
done
run env PATH="$tmp/bin" PKG_CONFIG="$tmp/none/pkg-config" sh tests/deps.sh sndfile libcjson
exits 1 'deps where there is no apt'
for words in 'apt install .*libcjson-dev.*libsndfile1-dev' 'dnf install .*cjson-devel.*libsndfile-devel' \
    'apk add .*cjson-dev.*libsndfile-dev' 'brew install .*cjson.*libsndfile' 'apt install .*ffmpeg'; do
    check "it names the packages: ${words%%.*}" grep -q "$words" "$tmp/err"
done

# with apt, as root: it asks apt for what is missing, and for that alone
printf '#!/bin/sh\necho "$@" >>"%s"\n' "$tmp/asked" >"$tmp/bin/apt-get"
printf '#!/bin/sh\necho 0\n' >"$tmp/bin/id"
# shellcheck disable=SC2016 # the script's own argument
printf '#!/bin/sh\n[ "$2" != sndfile ]\n' >"$tmp/none/pkg-config"
chmod +x "$tmp/bin/apt-get" "$tmp/bin/id" "$tmp/none/pkg-config"
for program in cc make bash ffmpeg ffprobe prove python3 strace clang-format cppcheck mandoc openssl; do
    printf '#!/bin/sh\n' >"$tmp/bin/$program"
    chmod +x "$tmp/bin/$program"
done
run env PATH="$tmp/bin" PKG_CONFIG="$tmp/none/pkg-config" sh tests/deps.sh sndfile libcjson
exits 0 'deps with apt'
check 'it installs what is missing alone' grep -qxE 'install .* libsndfile1-dev ?' "$tmp/asked"
done_testing
