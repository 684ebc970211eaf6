// Exit code 0: the worker of this container does its work. Asks /healthz, or the path that is named, on HTTP_PORT.
const [path = '/healthz'] = process.argv.slice(2)
const { HTTP_PORT: port = '9464' } = process.env
try {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(4_000) })
  process.stdout.write(await answer.text())
  process.exitCode = answer.ok ? 0 : 1
} catch (error) {
  process.stdout.write(`port ${port} does not answer: ${error.cause?.code ?? error.name}\n`)
  process.exitCode = 1
}
