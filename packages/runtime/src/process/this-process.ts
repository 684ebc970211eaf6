import { hostname } from 'node:os'

/** Machine and process, for whoever else would like to do what this one is doing. */
export function thisProcess(): string {
  return `${hostname()}, process ${process.pid}`
}
