import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { en, type Texts } from './en.ts'

/** In which language a page is written, for everything inside the shell. */
export const TextsOf = createContext<Texts>(en)

export function useTexts(): Texts {
  return useContext(TextsOf)
}
