/** The scripts that make a shell ask `shoal complete-words` what could come next. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/**
 * The hidden verb that the scripts call with the words so far; it prints a candidate a line, its
 * description after a tab.
 */
export const COMPLETE = 'complete-words'

/** Printed instead of candidates where the shell shall complete file names. */
export const FILES = ':files'

const BASH = `# bash completion for shoal: source <(shoal completion bash)
_shoal() {
  local IFS=$'\\n' answer
  answer="$("\${COMP_WORDS[0]}" ${COMPLETE} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)"
  COMPREPLY=()
  if [ "$answer" = "${FILES}" ]; then
    compopt -o default
  elif [ -n "$answer" ]; then
    COMPREPLY=($(printf '%s\\n' "$answer" | cut -f 1))
  fi
}
complete -F _shoal shoal
`

const ZSH = `#compdef shoal
# zsh completion for shoal: source <(shoal completion zsh), or a file _shoal in a folder of $fpath
_shoal() {
  local answer
  local -a lines
  answer="$("\${words[1]}" ${COMPLETE} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"
  if [[ "$answer" == "${FILES}" ]]; then
    _files
  elif [[ -n "$answer" ]]; then
    lines=("\${(@f)answer}")
    lines=("\${(@)lines//:/\\\\:}")
    lines=("\${(@)lines/$'\\t'/:}")
    _describe shoal lines
  fi
}
if [[ "$funcstack[1]" == "_shoal" ]]; then
  _shoal "$@"
else
  compdef _shoal shoal
fi
`

const FISH = `# fish completion for shoal: shoal completion fish | source
function __shoal_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l answer ($words[1] ${COMPLETE} -- $words[2..-1] "$current" 2>/dev/null)
  if test "$answer" = "${FILES}"
    __fish_complete_path "$current"
  else
    printf '%s\\n' $answer
  end
end
complete -c shoal -f -a '(__shoal_complete)'
`

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH }
