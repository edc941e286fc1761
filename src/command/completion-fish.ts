import { AUDIT } from "./audit.ts";
import { COMMON_OPTIONS, type OptionName, optionSpec } from "./options.ts";
import { availableCommands } from "./registry.ts";

export function fishCompletion(): string {
  const commands = availableCommands();
  const seen = (names: readonly string[]) => `-n '__fish_seen_subcommand_from ${names.join(" ")}'`;
  return [
    "# Belay's completion for fish: belay completion fish > ~/.config/fish/completions/belay.fish",
    "complete -c belay -f",
    ...commands.map(({ name, summary }) => `complete -c belay -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`),
    "complete -c belay -n __fish_use_subcommand -a completion -d 'completion for a shell'",
    `complete -c belay -n __fish_use_subcommand -a ${AUDIT.name} -d 'the record of the bot'`,
    `complete -c belay ${seen([AUDIT.name])} -a verify`,
    `complete -c belay ${seen(["completion"])} -a 'bash zsh fish'`,
    `complete -c belay ${seen(commands.map(({ name }) => name))} -a '(belay completion environments 2>/dev/null)' -d environment`,
    ...COMMON_OPTIONS.map((option) => optionLine("", option, undefined)),
    ...commands.flatMap(({ name, options, meanings }) =>
      options.map((option) => optionLine(`${seen([name])} `, option, meanings?.[option])),
    ),
    "",
  ].join("\n");
}

function optionLine(condition: string, option: OptionName, meaning: string | undefined): string {
  const { value, valueOptional, completes, summary, short } = optionSpec(option);
  const alone = value === null || valueOptional === true;
  const offered = completes === undefined ? "" : completes === "files" ? " -F" : ` -a '${completes.join(" ")}'`;
  const letter = short === undefined ? "" : ` -s ${short}`;
  return `complete -c belay ${condition}-l ${option}${letter}${alone ? "" : ` -x${offered}`.replace("-x -F", "-r -F")} -d ${quoted(meaning ?? summary)}`;
}

/** Between single quotes fish knows two escapes. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
