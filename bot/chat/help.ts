import { CHAT_COMMANDS, usageOf } from "./table.ts";

/** The answer to `/belay help`, as markdown; generated from the table that the grammar reads. */
export function helpMarkdown(): string {
  const rows = CHAT_COMMANDS.map((command) => `| \`${usageOf(command).replaceAll("|", "\\|")}\` | ${command.about} |`);
  return [
    "### 🧗 Belay · help",
    "",
    "One command a line, at its start. Without `/belay` a command is obeyed where it names an environment or a request that Belay knows.",
    "",
    "| type | and Belay |",
    "| --- | --- |",
    ...rows,
  ].join("\n");
}
