/** A host and a process, as workers and runs record them: `HOST, process 7`. */
export function hostWords(host: string): string {
  return host.replace(', process ', '，进程 ')
}
