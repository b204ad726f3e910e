/** Writes the JSON Schema of specs to a file: `node src/bin/publish-schema.ts manifests/shoal.schema.json`. */
import { writeFileSync } from 'node:fs'
import { argv, exit } from 'node:process'
import { publishedSchema } from '../spec/published.ts'

const [, , file] = argv
if (file === undefined) {
  console.error('usage: node src/bin/publish-schema.ts <file>')
  exit(2)
}
writeFileSync(file, publishedSchema())
