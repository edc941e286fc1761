import { AUDIT } from "./audit.ts";
import { COMMON_OPTIONS, OPTIONS } from "./options.ts";
import { availableCommands } from "./registry.ts";

/** For bash 4 and later. Sourced; completes for `belay` by whatever path it is called. */
export function bashCompletion(): string {
  const commands = availableCommands();
  const values = [...OPTIONS.values()].filter(({ value, valueOptional }) => value !== null && valueOptional !== true);
  const listed = values.flatMap(({ name, completes }) => (typeof completes === "object" ? [{ name, completes }] : []));
  const files = values.filter(({ completes }) => completes === "files").map(({ name }) => `--${name}`);
  const words = (names: readonly string[]) => names.map((name) => `--${name}`).join(" ");
  return `# Belay's completion for bash: source <(belay completion bash)
_belay() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local at command='' environment='' config=() options
  # What stands before the cursor: the command, the environment, --config.
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      --config) config=(--config "\${COMP_WORDS[++at]}") ;;
      ${values
        .filter(({ name }) => name !== "config")
        .map(({ name }) => `--${name}`)
        .join(" | ")}) ((at++)) ;;
      -*) ;;
      *) if [[ -z $command ]]; then command=\${COMP_WORDS[at]}; else environment=\${COMP_WORDS[at]}; fi ;;
    esac
  done
  COMPREPLY=()
  case $before in
    ${files.join(" | ")}) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
${listed.map(({ name, completes }) => `    --${name}) mapfile -t COMPREPLY < <(compgen -W '${completes.join(" ")}' -- "$current"); return ;;\n`).join("")}    ${values
    .filter(({ completes }) => completes === undefined)
    .map(({ name }) => `--${name}`)
    .join(" | ")}) return ;;
  esac
  options='${words(COMMON_OPTIONS)}'
  case $command in
${commands
  .filter(({ options }) => options.length > 0)
  .map(({ name, options }) => `    ${name}) options+=' ${words(options)}' ;;\n`)
  .join("")}  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  elif [[ -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W '${[...commands.map(({ name }) => name), "completion", AUDIT.name].join(" ")}' -- "$current")
  elif [[ $command == completion ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$current")
  elif [[ $command == ${AUDIT.name} ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'verify' -- "$current")
  elif [[ -z $environment ]]; then
    # Not by compgen -W, which would expand what stands in a name.
    while IFS= read -r at; do
      [[ $at == "$current"* ]] && COMPREPLY+=("$(printf %q "$at")")
    done < <("$1" completion environments "\${config[@]}" 2>/dev/null)
  fi
}
complete -F _belay belay
`;
}
