import { expect, it } from 'vitest'
import { once } from '../../src/lib/once.ts'

it('what is made of an object is made once, and anew of another that is equal', () => {
  const asked: object[] = []
  const made = once((key: { readonly name: string }) => {
    asked.push(key)
    return { of: key.name }
  })
  const [a, b] = [{ name: 'x' }, { name: 'x' }]
  expect(made(a)).toBe(made(a))
  expect(made(b)).toEqual(made(a))
  expect(made(b)).not.toBe(made(a))
  expect(asked).toEqual([a, b])
})

it('what is made may be undefined, and is not made again for that', () => {
  let times = 0
  const made = once(() => {
    times += 1
  })
  const key = {}
  made(key)
  made(key)
  expect(times).toBe(1)
})
