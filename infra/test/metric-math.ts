/** What CloudWatch has for a metric, oldest first; `null` where it has none. */
export type Series = readonly (number | null)[]
type Value = Series | number

/**
 * Evaluates the expressions of our alarms as CloudWatch does: element by element, and without a value where an operand has
 * none (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html). Knows IF, FILL with a number,
 * comparisons and arithmetic; refuses everything else.
 */
export function evaluateMath(expression: string, series: Readonly<Record<string, Series>>): Series {
  const length = Math.max(...Object.values(series).map((one) => one.length))
  const tokens = expression.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|>=|<=|==|[-+*/()<>,]/g) ?? []
  if (tokens.join('') !== expression.replaceAll(/\s/g, '')) throw new Error(`cannot read ${expression}`)
  let at = 0
  const next = (): string => tokens[at++] ?? ''
  const take = (token: string): void => {
    if (next() !== token) throw new Error(`${token} expected in ${expression}`)
  }
  const binary = (names: readonly string[], part: () => Value): (() => Value) => {
    return () => {
      let left = part()
      while (names.includes(tokens[at] ?? '')) {
        const name = next()
        left = combine(name, left, part())
      }
      return left
    }
  }
  function combine(name: string, left: Value, right: Value): Series {
    return Array.from({ length }, (_, index) => {
      const [one, other] = [valueAt(left, index), valueAt(right, index)]
      return one === null || other === null ? null : calculate(name, one, other)
    })
  }
  function primary(): Value {
    const token = next()
    if (token === '(') {
      const inner = compared()
      take(')')
      return inner
    }
    if (/^\d/.test(token)) return Number(token)
    if (tokens[at] !== '(') {
      const found = series[token]
      if (found === undefined) throw new Error(`no metric ${token} for ${expression}`)
      return found
    }
    take('(')
    const args = [compared()]
    while (tokens[at] === ',') {
      at += 1
      args.push(compared())
    }
    take(')')
    return call(token, args)
  }
  function call(name: string, [first = 0, second = 0, third = 0]: Value[]): Series {
    return Array.from({ length }, (_, index) => {
      const value = valueAt(first, index)
      switch (name) {
        case 'FILL':
          return value ?? valueAt(second, index)
        case 'IF':
          return value === null ? null : valueAt(value !== 0 ? second : third, index)
        default:
          throw new Error(`unknown function ${name}`)
      }
    })
  }
  const product = binary(['*', '/'], primary)
  const sum = binary(['+', '-'], product)
  const compared: () => Value = binary(['>', '>=', '<', '<=', '=='], sum)
  const result = compared()
  if (at !== tokens.length) throw new Error(`cannot read the end of ${expression}`)
  return typeof result === 'number' ? Array<number>(length).fill(result) : result
}

function valueAt(value: Value, index: number): number | null {
  return typeof value === 'number' ? value : (value[index] ?? null)
}

function calculate(name: string, one: number, other: number): number | null {
  switch (name) {
    case '*':
      return one * other
    case '/':
      // CloudWatch has no value where it would divide by zero.
      return other === 0 ? null : one / other
    case '+':
      return one + other
    case '-':
      return one - other
    case '>':
      return Number(one > other)
    case '>=':
      return Number(one >= other)
    case '<':
      return Number(one < other)
    case '<=':
      return Number(one <= other)
    default:
      return Number(one === other)
  }
}
