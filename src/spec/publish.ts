/** Writes the JSON Schema of specs to a file: `node src/spec/publish.ts manifests/shoal.schema.json`. */
import { writeFileSync } from 'node:fs'
import { argv, exit } from 'node:process'
import { publishedSchema } from './published.ts'

const [, , file] = argv
if (file === undefined) {
  console.error('usage: node src/spec/publish.ts <file>')
  exit(2)
}
writeFileSync(file, publishedSchema())
