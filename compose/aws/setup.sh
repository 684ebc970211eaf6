#!/bin/sh
# Creates buckets, queues and notifications as described in docs/runbook.md. Safe to run again.
set -eu
cd "$(dirname "$0")"

for queue in live backfill; do
  aws sqs create-queue --queue-name "aftercall-$queue-dead-letters" --attributes file://dead-letter-queue.json
  aws sqs create-queue --queue-name "aftercall-$queue" --attributes "file://$queue-queue.json"
done
aws s3api create-bucket --bucket aftercall-dev
aws s3api create-bucket --bucket aftercall-lake
aws s3api put-bucket-notification-configuration --bucket aftercall-dev \
  --notification-configuration file://bucket-notifications.json
