#!/usr/bin/env bash
# Install the oldest or the newest versions that pyproject.toml allows of everything the program needs, and test with them:
#   tests/versions.sh oldest|newest [pytest arguments]       in a fresh environment, which is removed afterwards
set -euo pipefail
cd "$(dirname "$0")/.."
which=${1:?oldest or newest}; shift
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
export PATH="$venv/bin:$PATH" DAARNA_CACHE="$venv/cache" DAARNA_BUILD=none
touch "$venv/bounds.txt"
if [ "$which" = oldest ]; then
    python3 tests/oldest.py > "$venv/bounds.txt"
fi
python -m pip install --quiet "setuptools>=77.0.3"  # then nothing is installed twice, for building alone
python -m pip install --quiet --no-build-isolation --upgrade --upgrade-strategy eager -c "$venv/bounds.txt" -e ".[test]"
python -m pip list | grep -i -E "^(numba|llvmlite|numpy|mesa|scipy|pandas|pyarrow|pydantic|matplotlib|typer) "
pytest "$@"
