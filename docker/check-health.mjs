// Exits with 0 if the service in this container is healthy. `check-health.mjs [worker|console] [PATH]` requests /healthz or
// the given path on the port of the service, from HTTP_PORT or CONSOLE_PORT.
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
