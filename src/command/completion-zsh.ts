import { AUDIT } from "./audit.ts";
import { COMMON_OPTIONS, type OptionName, optionSpec } from "./options.ts";
import { availableCommands } from "./registry.ts";
import type { Described } from "./spec.ts";

/** Works as a file `_belay` in a folder of `fpath`, and sourced after `compinit`. */
export function zshCompletion(): string {
  const commands = availableCommands();
  return `#compdef belay
# Belay's completion for zsh: belay completion zsh > "\${fpath[1]}/_belay"
_belay_environments() {
  local -a names
  names=(\${(f)"$(belay completion environments 2>/dev/null)"})
  _describe environment names
}
_belay() {
  local curcontext=$curcontext state
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join("\n")}
    'completion:completion for a shell'
    '${AUDIT.name}:the record of the bot'
  )
  _arguments -C '1: :->command' '*:: :->rest' && return
  case $state in
    command) _describe command commands ;;
    rest)
      case $words[1] in
${commands.map((command) => `        ${command.name}) _arguments ${argumentsOf(command).join(" ")} ;;`).join("\n")}
        completion) _arguments '1:shell:(bash zsh fish)' ;;
        ${AUDIT.name}) _arguments '1:verb:(verify)' ;;
      esac ;;
  esac
}
if [ "$funcstack[1]" = _belay ]; then _belay "$@"; else compdef _belay belay; fi
`;
}

function argumentsOf({ options, meanings = {} }: Described): string[] {
  return [...[...options, ...COMMON_OPTIONS].map((option) => argumentOf(option, meanings[option])), "'*:environment:_belay_environments'"];
}

function argumentOf(option: OptionName, meaning: string | undefined): string {
  const { value, valueOptional, completes, repeatable, summary } = optionSpec(option);
  const words = (meaning ?? summary).replaceAll(/[[\]:\\]/gu, String.raw`\$&`);
  if (value === null) return quoted(`--${option}[${words}]`);
  if (valueOptional === true) return quoted(`--${option}=-[${words}]::${value}: `);
  const offered = completes === undefined ? " " : completes === "files" ? "_files" : `(${completes.join(" ")})`;
  return quoted(`${repeatable ? "*" : ""}--${option}=[${words}]:${value.replaceAll('"', "")}:${offered}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
