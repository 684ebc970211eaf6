import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type { ExistingDatabase } from './deployment.ts'

/**
 * A metric of Amazon RDS. Of a cluster, that of the writer: an average over all instances would hide a writer at its limit
 * behind an idle standby. The size of its volume exists only for the whole cluster.
 */
export function databaseMetric(
  names: ExistingDatabase['metrics'],
  metricName: string,
  options: cloudwatch.MetricOptions,
): cloudwatch.Metric | undefined {
  if (names === undefined) return undefined
  const dimensionsMap: cloudwatch.DimensionsMap =
    'instance' in names
      ? { DBInstanceIdentifier: names.instance }
      : {
          DBClusterIdentifier: names.cluster,
          ...(metricName === 'VolumeBytesUsed' ? {} : { Role: 'WRITER' }),
        }
  return new cloudwatch.Metric({ namespace: 'AWS/RDS', metricName, dimensionsMap, ...options })
}
