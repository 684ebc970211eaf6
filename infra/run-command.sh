#!/usr/bin/env bash
# Runs an aftercall command as a task of the stack, prints its log as it grows, and exits with its exit code.
#   ./run-command.sh STACK COMMAND…
set -euo pipefail
if [ $# -lt 2 ]; then
  echo "usage: ./run-command.sh STACK COMMAND…, for example: ./run-command.sh aftercall doctor" >&2
  exit 2
fi
stack=$1
shift

output() {
  aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"
}
quoted() {
  node -p 'JSON.stringify({ containerOverrides: [{ name: "Aftercall", command: process.argv.slice(1) }] })' -- "$@"
}

cluster=$(output ClusterName)
log=$(output BulkLog)
# run-task answers with success when no task was placed, and says why in `failures`.
started=$(aws ecs run-task --cluster "$cluster" --task-definition "$(output BulkTask)" --launch-type FARGATE \
  --network-configuration "$(output BulkNetwork)" --overrides "$(quoted "$@")" --output json)
task=$(node -p 'JSON.parse(process.argv[1]).tasks?.[0]?.taskArn ?? ""' "$started")
if [ -z "$task" ]; then
  echo "no task was started: $(node -p 'JSON.stringify(JSON.parse(process.argv[1]).failures)' "$started")" >&2
  exit 1
fi
id=${task##*/}
stream=bulk/Aftercall/$id
echo "task $id; its log is $stream in $log" >&2

# Prints what was logged since the last call: a page has at most 10,000 lines or 1 MB.
token=
print_log() {
  local page next
  while :; do
    # There is no stream before the first line.
    page=$(aws logs get-log-events --log-group-name "$log" --log-stream-name "$stream" --start-from-head \
      ${token:+--next-token "$token"} --output json 2>/dev/null) || return 0
    printf '%s' "$page" | node -e 'for (const { message } of JSON.parse(require("node:fs").readFileSync(0)).events) console.log(message)'
    next=$(printf '%s' "$page" | node -p 'JSON.parse(require("node:fs").readFileSync(0)).nextForwardToken')
    # The last page is followed by itself.
    if [ "$next" = "$token" ]; then return 0; fi
    token=$next
  done
}

until [ "$(aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --query 'tasks[0].lastStatus' --output text)" = STOPPED ]; do
  print_log
  sleep "${POLL_SECONDS:-5}"
done
print_log
code=$(aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --output text \
  --query "tasks[0].containers[?name=='Aftercall'].exitCode")
if [ -z "$code" ] || [ "$code" = None ]; then
  echo "the task did not get so far as to run the command:" >&2
  aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --output text --query 'tasks[0].stoppedReason' >&2
  exit 1
fi
exit "$code"
