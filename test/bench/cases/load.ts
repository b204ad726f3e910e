/** The load that most cases have. */

/** All of the three nodes' proxies are asked. */
export const ALL_NODES = [0, 1, 2]

/** Requests a second. */
export const RATE = 720
