/** A first workflow for GitHub: the command line on a runner of one's own. Pure. */

/** As the project's own workflow pins it. */
export const CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1";

export function workflowYml(environment: string): string {
  return `# Runs Belay on your own runner: a SQLite file lies on one machine, and GitHub's runners are gone after the job.
# The runner needs \`belay\` on its PATH. In belay.yml write the database's absolute path: the next checkout empties the workspace.
name: Migrate ${environment}

on:
  workflow_dispatch:

permissions:
  contents: read

# One run at a time; a second one waits and is never cancelled half-way.
concurrency:
  group: belay-${environment}
  cancel-in-progress: false

jobs:
  migrate:
    runs-on: [self-hosted]
    environment: ${environment}
    timeout-minutes: 120
    steps:
      - uses: ${CHECKOUT}
        with:
          persist-credentials: false
      - name: Plan
        run: belay plan ${environment}
      - name: Migrate
        run: belay migrate ${environment}
`;
}
