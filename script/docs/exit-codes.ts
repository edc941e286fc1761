import { availableCommands } from "../../src/command/registry.ts";
import { EXIT_STATUS_MEANINGS, exitStatus, OUTCOMES, USAGE_EXIT_STATUS } from "../../src/domain/outcome.ts";

/** `docs/exit-codes.md`, from the table of outcomes and from what each command says of its own ends. */
export function exitCodes(): string {
  const rows = [...EXIT_STATUS_MEANINGS].map(([status, meaning]) => {
    const outcomes = OUTCOMES.filter((outcome) => exitStatus(outcome) === status).map((outcome) => `\`${outcome}\``);
    return `| ${status} | ${meaning} | ${status === USAGE_EXIT_STATUS ? "none: there was no run" : outcomes.join(", ")} |`;
  });
  return `# Exit codes

<!-- Written by script/docs.ts from src/domain/outcome.ts and src/command. Do not edit. -->

What a script can rely on. The same words stand in \`--json\` as \`outcome\`.

| exit | meaning | outcomes |
| --- | --- | --- |
${rows.join("\n")}

With several targets the worst one counts, in the order 5, 4, 1, 130, 3, 6, 0.

\`\`\`sh
belay migrate prod
case $? in
  0) echo "done, or nothing was pending" ;;
  3 | 4) echo "the old state is in place; deploy nothing" ;;
  *) echo "a person has to look: belay status prod" ;;
esac
\`\`\`

## By command

${availableCommands().map(commandSection).join("\n")}`;
}

function commandSection({ name, summary, exits }: ReturnType<typeof availableCommands>[number]): string {
  const rows = exits.toSorted(([a], [b]) => a - b).map(([status, meaning]) => `| ${status} | ${meaning} |`);
  return `### \`belay ${name}\`: ${summary}\n\n| exit | |\n| --- | --- |\n${rows.join("\n")}\n`;
}
