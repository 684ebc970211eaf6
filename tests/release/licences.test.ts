import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'

/** That we may hand on, in an image, as part of a work under Apache-2.0, under no other condition than to name them. */
const handedOn = ['Apache-2.0', 'MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0']
/** Licences with a condition on what is handed on, or of public domain: only tools of the tests and the build have them. */
const usedOnly = [...handedOn, 'MPL-2.0', 'Python-2.0', 'CC0-1.0']

const entry = z.object({
  license: z.string().optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
})
const lockSchema = z.object({ packages: z.record(z.string(), entry) })
const root = new URL('../..', import.meta.url).pathname
const foreignIn = (path: string) =>
  Object.entries(lockSchema.parse(JSON.parse(readFileSync(join(root, path), 'utf8'))).packages).filter(
    ([name, { link }]) => name.includes('node_modules/') && link !== true,
  )
const foreign = foreignIn('package-lock.json')
/** Of `infra/`: what a deployment is made with. None of it is handed on. */
const deploying = foreignIn('infra/package-lock.json')

/** `MIT OR Apache-2.0`: one of them is enough. */
function isOneOf(allowed: string[], licence: string | undefined): boolean {
  return (licence ?? '')
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((one) => allowed.includes(one))
}

test('every package that is installed names a licence, and one that we may use', () => {
  expect(foreign.length).toBeGreaterThan(100)
  expect(deploying.map(([path]) => path)).toContain('node_modules/aws-cdk-lib')
  const others = [...foreign, ...deploying].filter(([, { license }]) => !isOneOf(usedOnly, license))
  expect(others.map(([path, { license }]) => `${path}: ${license ?? 'none'}`)).toEqual([])
})

test('what may become part of the product asks for nothing but to be named', () => {
  const others = foreign.filter(([, { dev, license }]) => dev !== true && !isOneOf(handedOn, license))
  expect(others.map(([path, { license }]) => `${path}: ${license ?? 'none'}`)).toEqual([])
})
