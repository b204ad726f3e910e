/**
 * Drops one item after the other for as long as what is left still fails. In the end each item that is left is needed: without it
 * nothing fails. `fails` is never asked about the whole, which is known to.
 */
export async function minimise<T>(
  items: readonly T[],
  fails: (kept: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  for (const dropped of items) {
    const rest = items.filter((item) => item !== dropped)
    if (await fails(rest)) return await minimise(rest, fails)
  }
  return items
}
