/** How often something random is tried: few times for `npm run test:quick`, more often for `npm test`, which sets this. */
export function tries(counts: { readonly quick: number; readonly all: number }): number {
  return process.env.SHOAL_TEST_ALL === 'on' ? counts.all : counts.quick
}
