# Everything that a company has already: VPC, database, secrets, bucket, topic.
module "aftercall" {
  source = "../.."

  name    = "aftercall"
  image   = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/aftercall:0.1.0"
  sources = [{ name = "acme", prefix = "metadata/" }]
  bucket  = { name = "acme-session-files" }

  network = {
    vpc_id          = "vpc-0a1b2c3d4e5f60718"
    work_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }

  database = {
    host               = "warehouse.cluster-c0ffee.eu-west-1.rds.amazonaws.com"
    security_group_id  = "sg-0123456789abcdef0"
    owner_secret_arn   = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:aftercall-owner-AbCdEf"
    loader_secret_arn  = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:aftercall-loader-AbCdEf"
    cluster_identifier = "warehouse"
  }

  database_certificates = file("${path.module}/rds-ca.pem")
  alarms                = { topic_arn = "arn:aws:sns:eu-west-1:111122223333:oncall" }
}
