#!/bin/sh
# Builds k6 from source through Go's module proxy, unless it is already built, and prints its path. Needs Go 1.25
# or later. It does not use `go install …@version`, which asks the proxy for a list of versions that not every proxy has;
# a scratch module that requires the one version does not.
set -eu

version=2.2.0
cache="${XDG_CACHE_HOME:-$HOME/.cache}/sticky-edge/k6"

if [ -x "$cache/k6" ] && "$cache/k6" version | grep -q "v$version "; then
	echo "$cache/k6"
	exit 0
fi

command -v go >/dev/null || {
	echo "error: Go is not installed: install Go 1.25 or later, or set K6_BIN to the path of a k6 executable." >&2
	exit 1
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
cd "$scratch"
printf 'module k6build\n\ngo 1.25.0\n\nrequire go.k6.io/k6/v2 v%s\n' "$version" >go.mod
printf '//go:build tools\n\npackage tools\n\nimport _ "go.k6.io/k6/v2"\n' >tools.go

echo "building k6 v$version into $cache (takes some minutes, only once)" >&2
# Without ",direct", a module that the proxy lacks is an error instead of a clone of its repository.
GOPROXY=$(go env GOPROXY | sed 's/,direct//') GOFLAGS=-mod=mod go build -o k6 go.k6.io/k6/v2
mkdir -p "$cache"
# Moved within one file system, so that no other run ever finds half a binary.
cp k6 "$cache/k6.$$"
mv "$cache/k6.$$" "$cache/k6"
echo "$cache/k6"
