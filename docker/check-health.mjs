// Exit code 0: what runs in this container does its work. `check-health.mjs [worker|console] [PATH]` asks /healthz, or the
// path that is named, on the port that the service takes from HTTP_PORT or CONSOLE_PORT.
const [service = 'worker', path = '/healthz'] = process.argv.slice(2)
const { HTTP_PORT = '9464', CONSOLE_PORT = '8080' } = process.env
const port = service === 'console' ? CONSOLE_PORT : HTTP_PORT
try {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(4_000) })
  process.stdout.write(await answer.text())
  process.exitCode = answer.ok ? 0 : 1
} catch (error) {
  process.stdout.write(`port ${port} does not answer: ${error.cause?.code ?? error.name}\n`)
  process.exitCode = 1
}
