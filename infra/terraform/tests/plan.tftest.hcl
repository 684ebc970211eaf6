# terraform test: plans with a provider that asks nobody.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  name                  = "aftercall"
  image                 = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/aftercall:0.1.0"
  bucket                = { name = "acme-session-files" }
  sources               = [{ name = "acme", prefix = "metadata/" }]
  database_certificates = "-----BEGIN CERTIFICATE-----\nof a test\n-----END CERTIFICATE-----\n"

  network = {
    vpc_id          = "vpc-0a1b2c3d4e5f60718"
    work_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }

  database = {
    host              = "warehouse.example.com"
    security_group_id = "sg-0123456789abcdef0"
    owner_secret_arn  = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:owner-AbCdEf"
  }
}

run "what_is_given_is_not_made" {
  command = plan

  assert {
    condition     = length(aws_vpc.this) == 0 && length(aws_rds_cluster.this) == 0 && length(aws_s3_bucket.this) == 0
    error_message = "A VPC, a database or a bucket that is given must not be made."
  }
}

run "what_is_not_given_is_made" {
  command = plan

  variables {
    network  = { zones = ["eu-west-1a", "eu-west-1b"], nat_gateway_by_zone = true }
    database = {}
    bucket   = { name = "acme-session-files", create = true }
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 2 && length(aws_rds_cluster_instance.this) == 2 && length(aws_s3_bucket.this) == 1
    error_message = "VPC with a NAT gateway for each zone, database with a standby, and bucket must be made."
  }
}

run "a_lake_gets_a_publisher_and_rotation_its_function" {
  command = plan

  variables {
    publish  = { bucket_name = "acme-lake", prefix = "aftercall" }
    rotation = { master_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:master-AbCdEf" }
  }

  assert {
    condition     = length(aws_ecs_service.publish) == 1 && length(aws_secretsmanager_secret_rotation.this) == 2 && length(aws_scheduler_schedule.restart) == 2
    error_message = "A lake needs a publisher; the logins of workers and publisher are rotated, and their services restarted."
  }
}

run "without_a_collector_no_alarm_needs_its_metrics" {
  command = plan

  variables {
    collector_image = null
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.share) == 0 && !contains(keys(aws_cloudwatch_metric_alarm.this), "no-metrics")
    error_message = "Alarms of workers' metrics need a collector."
  }
}

run "a_prefix_of_a_lake_has_no_slash_at_its_end" {
  command = plan

  variables {
    publish = { bucket_name = "acme-lake", prefix = "aftercall/" }
  }

  expect_failures = [var.publish]
}

run "prefixes_must_not_overlap" {
  command = plan

  variables {
    sources = [{ name = "one", prefix = "m/" }, { name = "two", prefix = "m/x/" }]
  }

  expect_failures = [var.sources]
}

run "an_image_has_a_version" {
  command = plan

  variables {
    image = "registry.example.com/aftercall:latest"
  }

  expect_failures = [var.image]
}
