/** What `-o` takes where things are listed. */
export const LIST_FORMATS = ['table', 'json', 'yaml', 'wide', 'name'] as const
export type ListFormat = (typeof LIST_FORMATS)[number]
