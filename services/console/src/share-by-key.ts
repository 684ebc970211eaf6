import { shareAnswer } from './share-answer.ts'

const keysMax = 50

/** `shareAnswer` for each question by itself; the questions that were asked first are forgotten first. */
export function shareByKey<Question, Answer>(
  read: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  const shared = new Map<string, () => Promise<Answer>>()
  return (question) => {
    const key = JSON.stringify(question)
    const known = shared.get(key) ?? shareAnswer(() => read(question))
    shared.delete(key)
    shared.set(key, known)
    const [oldest] = shared.keys()
    if (shared.size > keysMax && oldest !== undefined) shared.delete(oldest)
    return known()
  }
}
