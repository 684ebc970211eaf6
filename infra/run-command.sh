#!/usr/bin/env bash
# Runs an aftercall command as a task of the stack, prints its log, and exits with its exit code.
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
task=$(aws ecs run-task --cluster "$cluster" --task-definition "$(output BulkTask)" --launch-type FARGATE \
  --network-configuration "$(output BulkNetwork)" --overrides "$(quoted "$@")" \
  --query 'tasks[0].taskArn' --output text)
id=${task##*/}
echo "task $id; its log is bulk/Aftercall/$id in $log" >&2
until [ "$(aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --query 'tasks[0].lastStatus' --output text)" = STOPPED ]; do
  sleep 5
done
aws logs get-log-events --log-group-name "$log" --log-stream-name "bulk/Aftercall/$id" --start-from-head \
  --query 'events[].message' --output json | node -e 'for (const line of JSON.parse(require("node:fs").readFileSync(0))) console.log(line)'
code=$(aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --output text \
  --query "tasks[0].containers[?name=='Aftercall'].exitCode")
if [ "$code" = None ]; then
  echo "the task did not get so far as to run the command:" >&2
  aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --output text --query 'tasks[0].stoppedReason' >&2
  exit 1
fi
exit "$code"
