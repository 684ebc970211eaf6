import { connect, createServer, type Socket } from 'node:net'
import { splitMessages } from './postgres-messages.ts'

/**
 * A proxy in front of Postgres that holds each statement of its clients until it is let through. For one client at a time:
 * a pool of one connection.
 */
export type StatementGate = {
  /** The URL by way of the gate. */
  through(url: string): string
  /** Lets everything through up to the first statement that matches, and holds from there on. */
  holdFrom(first: RegExp): void
  /** Lets everything through that waits or comes. */
  open(): void
  /** The text of the statement that waits to be let through. Undefined while none does, or one is under way. */
  held(): string | undefined
  letThrough(): void
  /** The server's process while it works on a statement. */
  workingProcess(): number | undefined
  /** Whether a statement that was held has been let through in a transaction that is still open. */
  isInside(): boolean
  close(): Promise<void>
}

/** What goes to the server together: the messages up to a Sync, or a simple query with the rows that it copies. */
type Group = { text: string; messages: Buffer[] }

type Link = {
  client: Socket
  server: Socket
  queue: Group[]
  unanswered: number
  process: number | undefined
}

export async function openStatementGate(targetUrl: string, onChange: () => void): Promise<StatementGate> {
  const target = new URL(targetUrl)
  const sockets = new Set<Socket>()
  let first: RegExp | undefined
  let isHolding = false
  let isInside = false
  let link: Link | undefined

  function keep(socket: Socket): void {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  }

  function forward(group: Group): void {
    if (link === undefined) return
    link.unanswered += 1
    for (const message of group.messages) link.server.write(message)
  }

  /** One group at a time, so that each answer belongs to the group that was sent last. */
  function goOn(): void {
    for (let next = link?.queue[0]; link !== undefined && next !== undefined; next = link.queue[0]) {
      if (link.unanswered > 0) break
      if (first?.test(next.text) === true) {
        first = undefined
        isHolding = true
      }
      if (isHolding && !isFree(next.text)) break
      link.queue.shift()
      forward(next)
    }
    onChange()
  }

  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname)
    keep(client)
    keep(server)
    link = passOn(client, server, {
      changed: goOn,
      idle: () => {
        isInside = false
      },
    })
  })
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', () => resolve())
  })
  const address = listener.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const held = () =>
    isHolding && link !== undefined && link.unanswered === 0 ? link.queue[0]?.text : undefined
  return {
    through: (url) => Object.assign(new URL(url), { port: String(port) }).href,
    holdFrom: (matching) => {
      first = matching
      isInside = false
    },
    open: () => {
      first = undefined
      isHolding = false
      goOn()
    },
    held,
    letThrough: () => {
      if (held() === undefined) throw new Error('no statement waits at the gate')
      const group = link?.queue.shift()
      if (group === undefined) return
      isInside = true
      forward(group)
    },
    workingProcess: () => (link !== undefined && link.unanswered > 0 ? link.process : undefined),
    isInside: () => isInside,
    close: async () => {
      const closed = new Promise((resolve) => listener.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** The login passes; afterwards, what the client asks is put in the queue, and what the server answers passes. */
function passOn(client: Socket, server: Socket, on: { changed(): void; idle(): void }): Link {
  const own: Link = { client, server, queue: [], unanswered: 1, process: undefined }
  client.once('close', () => server.destroy())
  server.once('close', () => {
    client.destroy()
    own.queue.length = 0
    own.unanswered = 0
    on.changed()
  })
  const takeAsked = groupMessages(own, on.changed)
  let isLoggedIn = false
  client.on('data', (bytes: Buffer) => {
    if (isLoggedIn) takeAsked(bytes)
    else server.write(bytes)
  })
  server.on(
    'data',
    splitMessages((message) => {
      client.write(message)
      if (message[0] === code('K')) own.process = message.readInt32BE(5)
      if (message[0] !== code('Z')) return
      isLoggedIn = true
      own.unanswered -= 1
      if (message[5] === code('I')) on.idle()
      on.changed()
    }),
  )
  return own
}

function code(letter: string): number {
  return letter.charCodeAt(0)
}

/**
 * Under read committed, a transaction sees and holds nothing before its first statement of its own. In repeatable read the
 * first statement takes the snapshot, so there `begin` is held, and the settings that follow it go with it.
 */
function isFree(text: string): boolean {
  return (
    /^\s*begin(?! isolation level repeatable read)/i.test(text) ||
    /^\s*select\s+(?:pg_catalog\.)?set_config\(/i.test(text)
  )
}

/** Rows that are copied follow their query at once, and belong to it, even if it is under way already. */
function groupMessages(link: Link, onGroup: () => void): (bytes: Buffer) => void {
  const textOf = new Map<string, string>()
  let messages: Buffer[] = []
  let text = ''
  const end = (): void => {
    link.queue.push({ text, messages })
    messages = []
    text = ''
    onGroup()
  }
  return splitMessages((message) => {
    switch (String.fromCharCode(message[0] ?? 0)) {
      case 'X':
        link.server.write(message)
        return
      case 'd':
      case 'c':
      case 'f': {
        const last = link.queue.at(-1)
        if (last === undefined) link.server.write(message)
        else last.messages.push(message)
        return
      }
      case 'P': {
        const [name = '', statement = ''] = textsIn(message)
        textOf.set(name, statement)
        text = statement
        break
      }
      case 'B':
        text = textOf.get(textsIn(message)[1] ?? '') ?? text
        break
      case 'Q':
        messages.push(message)
        text = textsIn(message)[0] ?? ''
        return end()
    }
    messages.push(message)
    if (message[0] === code('S')) end()
  })
}

/** The texts that a message begins with, each with a final zero byte. */
function textsIn(message: Buffer): string[] {
  return message.subarray(5).toString('latin1').split('\0', 2)
}
