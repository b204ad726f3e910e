import { serviceKey } from '../../model/names.ts'
import { readSpecFiles } from '../spec-files/read.ts'

/** `shoal validate`: needs no cluster. Throws UserError with every error of every file. */
export async function validate(filenames: readonly string[]): Promise<void> {
  for (const { file, spec } of await readSpecFiles(filenames)) {
    console.log(`${file}: service ${serviceKey(spec)} is valid`)
  }
}
