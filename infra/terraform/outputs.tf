output "live_queue_url" {
  description = "The queue of new objects."
  value       = aws_sqs_queue.this["live"].url
}

output "live_queue_arn" {
  description = "For the notifications of a bucket that is there already."
  value       = aws_sqs_queue.this["live"].arn
}

output "reader_role_arns" {
  description = "For the policy of a bucket in another account, and of its KMS key."
  value       = [aws_iam_role.task["worker"].arn, aws_iam_role.task["bulk"].arn]
}

output "database_host" {
  description = "The address of Postgres."
  value       = local.database_host
}

output "secret_arns" {
  description = "The secrets of the logins. Null: not needed."
  value       = local.secrets
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "task_families" {
  description = "The task definitions: `bulk` for commands by hand, `migrate` for migrations."
  value       = { for name, task in aws_ecs_task_definition.this : name => task.family }
}

output "task_network" {
  description = "The network configuration of `aws ecs run-task`."
  value       = "awsvpcConfiguration={subnets=[${join(",", local.work_ids)}],securityGroups=[${aws_security_group.clients.id}]}"
}

output "console_address" {
  description = "Point the console's domain name here. Null without a console."
  value       = one(aws_lb.console[*].dns_name)
}
