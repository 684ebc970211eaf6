import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import {
  type AddCommand,
  addCommand,
  type CommonOptions,
  createCliLogger,
  exitCodes,
  requireConfig,
} from '../cli-context.ts'
import { findMigrationsDir } from '../migrations-dir.ts'
import { version } from '../version.ts'
import { refuseDatabase } from '../with-database.ts'

/** `aftercall worker` */
export function addWorkerCommand(add: AddCommand): void {
  const { context } = add
  addCommand(add, 'worker', 'consume the queues; serves /healthz, /readyz and /metrics on http.port', [
    'aftercall worker',
    'aftercall worker --config /etc/aftercall.yaml',
    'LOG_LEVEL=debug aftercall worker',
  ]).action(async (options: CommonOptions) => {
    const config = await requireConfig(context, options, ['database', 'queue', 'sources'])
    const logger = createCliLogger(context, 'info')
    const [{ createMetrics }, { readMigrations }, { runWorker }] = await Promise.all([
      import('@aftercall/runtime/telemetry/metrics'),
      import('@aftercall/warehouse/schema/migrate'),
      import('@aftercall/worker/run-worker'),
    ])
    const metrics = createMetrics({ version })
    const migrations = await readMigrations(findMigrationsDir())
    const stopped = Promise.withResolvers<void>()
    const signals = onStopSignals({
      signals: context.signals,
      onFirst: (signal) => {
        logger.info(
          { signal, graceSeconds: config.worker.graceSeconds },
          'stopping; a second signal stops it immediately',
        )
        stopped.resolve()
      },
      onSecond: (code) => context.exitNow(code),
    })
    const worker = await runWorker({ config, env: context.env, logger, metrics, migrations, version })
    const mayNotStart = worker.started.then(() => stopped.promise).catch(refuseDatabase)
    let exitCode: number = exitCodes.done
    try {
      const reason = await Promise.race([stopped.promise, worker.stoppedItself, mayNotStart])
      if (reason !== undefined) exitCode = exitCodes.failed
    } finally {
      await worker.stop()
      signals.remove()
    }
    logger.info({ exitCode }, 'stopped')
    // Connections to a database or endpoint that no longer answers must not keep the process alive (I9).
    context.exitNow(exitCode)
  })
}
