import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'

/** When an alarm fires, and what it says. */
export type Condition = {
  metric: cloudwatch.IMetric
  comparisonOperator: cloudwatch.ComparisonOperator
  threshold: number
  /** Number of periods of the metric. Default 1. */
  evaluationPeriods?: number
  treatMissingData?: cloudwatch.TreatMissingData
  /** What it means, for the person on call. */
  meaning: string
  /** The anchor of a heading in docs/runbook.md. */
  runbook: string
}
