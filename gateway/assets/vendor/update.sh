#!/bin/sh
# Makes the vendored front-end files again from their npm release, which VENDOR.lock names with its sha512.
# Needs npm, openssl, tar, gzip. Run it after changing name or version in VENDOR.lock; it refuses another sum.
set -eu
cd "$(dirname "$0")"

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' VENDOR.lock)
expected=$(sed -n 's/^sha512 = "\(.*\)"$/\1/p' VENDOR.lock)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

(cd "$scratch" && npm pack --silent "graphql-playground-react@$version")
archive=$(ls "$scratch"/graphql-playground-react-*.tgz)
actual=$(openssl dgst -sha512 -binary "$archive" | openssl base64 -A)
if [ "$actual" != "$expected" ]; then
    echo "the release has the sha512 $actual, not the one in VENDOR.lock" >&2
    exit 1
fi

tar -xzf "$archive" -C "$scratch"
into=graphql-playground-react
mkdir -p "$into"
cp "$scratch/package/LICENSE" "$into/LICENSE"
cp "$scratch/package/build/favicon.png" "$into/favicon.png"
cp "$scratch/package/build/static/css/index.css" "$into/index.css"
# The source maps are not shipped, so nothing points at them.
sed '/^\/\/# sourceMappingURL=/d' "$scratch/package/build/static/js/middleware.js" | gzip -9 -n > "$into/middleware.js.gz"
