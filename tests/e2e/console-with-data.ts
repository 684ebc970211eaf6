import { existsSync } from 'node:fs'
import { readAssets } from '@aftercall/console/read-assets'
import { runConsole } from '@aftercall/console/run-console'
import { loadConfig } from '@aftercall/runtime/config/config'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { readMigrations } from '@aftercall/warehouse/schema/migrate'
import { type Browser, chromium } from 'playwright-core'
import { runCommand } from '../../services/cli/test/run-command.ts'
import type { Languages } from '../../services/console/src/texts/languages.ts'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands } from './command.ts'
import { call1418, callBytes, chatBytes, sampleFiles } from './documents.ts'
import { until } from './until.ts'
import { startWorker } from './worker.ts'

export const chromiumPath = '/usr/bin/chromium'
export const hasChromium = existsSync(chromiumPath) || process.env.CI !== undefined

export type ConsoleWithData = {
  bench: Bench
  browser: Browser
  url: string
  /** Addresses of pages: at least one of every route, with data and without. */
  paths: string[]
  close(): Promise<void>
}

/** A console over sessions, rejections, drift, runs, rollups and actions, with a worker that runs. */
export async function openConsoleWithData(languages: Languages): Promise<ConsoleWithData> {
  const closing: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one()
  }
  try {
    const bench = await openBench()
    closing.push(() => bench.close())
    const configFile = await bench.writeConfig('all', {
      console: { port: 0 },
      reconcile: { graceMinutes: 0 },
    })
    const worker = await startWorker(configFile, { env: bench.env })
    closing.push(() => worker.stop().finally(endCommands))
    await fill(bench, configFile)
    const browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    })
    closing.push(() => browser.close())
    const found = await loadConfig({ path: configFile, env: {}, needs: ['database'] })
    if (found.kind !== 'valid') throw new Error('the configuration is wrong')
    const served = await runConsole({
      config: found.config,
      logger: createLogger({ level: 'silent' }),
      migrations: await readMigrations(new URL('../../migrations', import.meta.url).pathname),
      assets: readAssets(),
      version: 'test',
      languages,
    })
    closing.push(served.stop)
    return { bench, browser, url: served.url, paths: await listPaths(bench), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function fill(bench: Bench, configFile: string): Promise<void> {
  await bench.put('acme/2026/03/24/call-1418.json', callBytes)
  await bench.put('acme/2026/03/24/chat-135.json', { ...JSON.parse(chatBytes.toString()), colour: 'x' })
  await bench.put('acme/call-7.json', '{"id": 1')
  await bench.put('acme/call-8.json', '')
  const { files } = sampleFiles('languages', 12)
  for (const { key, text } of files) await bench.put(`acme/${key}`, text)
  await bench.untilSettled()
  await bench.put('acme/2026/03/24/call-1418.json', {
    ...call1418,
    updated_at: '2026-03-24T13:40:00.000-07:00',
  })
  await bench.untilSettled()
  for (const args of [['reconcile', '--source', 'acme'], ['backfill', '--source', 'acme'], ['rollup']]) {
    const { code, err } = await runCommand([...args, '--config', configFile], bench.env)
    if (code !== 0 && code !== 3) throw new Error(`${args.join(' ')}: ${err}`)
  }
  // A run that is not done, and one that has failed.
  await bench.rows(`update ingest.backfill_run set ended_at = null, state = 'open'`)
  await bench.rows(`insert into ingest.reconcile_run (source, purpose, host, error, ended_at)
    values ('acme', 'schedule', 'host-1', 'access denied', now())`)
  await bench.rows(`select ingest.ask_maintain('ana', gen_random_uuid())`)
  await bench.rows(
    `select ingest.ask_replay(null, 'empty_object', null, null, null, false, 'ana', 1, gen_random_uuid())`,
  )
  await until('the actions have ended', async () => {
    const open = await bench.rows(`select from ingest.action where state in ('waiting', 'running')`)
    return open.length === 0
  })
}

async function listPaths({ rows }: Bench): Promise<string[]> {
  const idOf = async (query: string): Promise<string> => (await rows<{ id: string }>(query))[0]?.id ?? ''
  const rejection = await idOf('select min(rejection_id) as id from ingest.rejection')
  const action = await idOf('select max(action_id) as id from ingest.action')
  const history = (of: string) => `/history?of=${encodeURIComponent(of)}`
  return [
    ...[
      '/',
      '/?span=1h',
      '/?span=60d',
      '/sources/acme',
      '/runbook',
      '/analytics',
      '/drift',
      '/retention',
      '/runs',
      '/runs/new',
    ],
    ...['/rejections', '/rejections/not_json', '/rejections/none_such', `/rejections/${rejection}`],
    ...['/objects?source=acme', '/objects?source=acme&outcome=failed', '/days', '/days?days=365'],
    ...['/sessions', '/sessions?source=acme&channel=call', '/sessions?source=acme&day=1999-01-01'],
    ...['/actions', `/actions/${action}`, '/analytics?source=acme&from=2026-03-20&to=2026-03-31'],
    ...[history('acme/call/1418'), history('1418'), history('nothing like this')],
    ...[history(`s3://${bucket}/acme/call-7.json`), history('acme/call/999999')],
    ...['/no-page', '/days?days=1000', '/drift?sort=path'],
  ]
}
