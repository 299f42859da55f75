#!/usr/bin/env bash
# Compares the Go benchmarks of this tree with those of an earlier commit, run by turns on the same machine, and fails where one takes
# more than twice the time, and the runs are not too scattered to say so. Usage: compare.sh COMMIT [ROUNDS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

commit=$1 rounds=${2:-5} limit=100
work=$(mktemp -d)
trap 'git worktree remove --force "$work/base" 2>/dev/null || true; rm -rf "$work"' EXIT

git worktree add --quiet --detach "$work/base" "$commit"
if [[ ! -e $work/base/transformer/bench_test.go ]]; then
  echo "there is nothing to compare with: $commit has no benchmarks"
  exit 0
fi
go test -c -o "$work/after.test" ./transformer
go -C "$work/base" test -c -o "$work/before.test" ./transformer

# A number of iterations and no time: what a stage needs before it is not timed, and takes much longer than most stages.
for ((round = 0; round < rounds; round++)); do
  for side in before after; do
    (cd transformer && "$work/$side.test" -test.run '^$' -test.bench . -test.benchtime 3x) >>"$work/$side.txt"
  done
done
benchstat "before=$work/before.txt" "after=$work/after.txt"
benchstat -format csv -filter .unit:sec/op "$work/before.txt" "$work/after.txt" 2>/dev/null |
  awk -F, -v limit=$limit '$6 ~ /^\+/ && $6 + 0 > limit { print $1 " takes " $6 " more time than before"; slower = 1 } END { exit slower }'
