/** A first workflow for GitHub: calls Belay's own, as examples/workflows/reusable.yml does. Pure. */

const FOUND_BY_ITSELF = ["belay.yml", ".github/belay.yml"];

/** `config`: path of belay.yml in the repository. `onServer`: the database is reached over the network, and is no file on one machine. */
export function workflowYml(environment: string, config: string, onServer: boolean): string {
  const configLine = FOUND_BY_ITSELF.includes(config) ? "" : `      config: ${JSON.stringify(config)}\n`;
  const job = /^[A-Za-z_][\w-]*$/.test(environment) ? environment : "belay"; // GitHub takes fewer names than Belay does
  return `# A push to main plans and migrates, and the same can be started by hand, also the way back. Is the default branch called otherwise? Say so.
# Before: the GitHub environments \`${environment}\` (reviewers, only that branch) and \`${environment}-plan\`, and a runner of your own with the label
${onServer ? needsOfServer(environment) : needsOfFile(environment)}
name: Belay

on:
  push:
    branches: [main]
  workflow_dispatch:
    inputs:
      command:
        description: What to do
        type: choice
        options: [migrate, plan, verify, backup, rollback, recover]
      again:
        description: "migrate: why a plan that failed may run once more"
        type: string
      run:
        description: "rollback, recover, verify: the run that is meant, not the last one"
        type: string
      accept-loss:
        description: "rollback: give up what was written since (it is kept aside)"
        type: boolean

permissions: {}

# No concurrency here: the workflow below has its own, and one around it would wait for itself.

jobs:
  ${job}:
    uses: belay-db/belay/.github/workflows/run.yml@v1
    # The most that its jobs ask for; each of them takes only what it needs.
    permissions:
      contents: read
      pull-requests: write # the comment
      actions: read # who approved
      deployments: write # needs: staging; and a note for those that need this one
    with:
      environment: ${environment}
${configLine}      command: \${{ inputs.command || 'migrate' }}
      again: \${{ inputs.again }}
      run: \${{ inputs.run }}
      accept-loss: \${{ inputs.accept-loss || false }}
${onServer ? RUNNER_OF_SERVER : RUNNER_OF_FILE}
      runs-on: '["self-hosted", "${environment}"]'
      # setup: pip install --requirement requirements.txt
    # What a called workflow needs to see the secrets of its GitHub environments.
    secrets: inherit
`;
}

const needsOfFile = (environment: string): string =>
  `# \`${environment}\` on the machine of the database. In belay.yml the absolute paths of database and store: a checkout deletes what lies in the workspace.`;

const needsOfServer = (environment: string): string =>
  `# \`${environment}\` that reaches the database's server, with its pg_dump or a newer one. Its URL is a secret of both environments. In belay.yml the store:
# a bucket (s3://…), or the absolute path of a directory on that runner, as a checkout deletes what lies in the workspace.`;

const RUNNER_OF_FILE = `      # A SQLite file lies on one machine, so the runner is your own there. GitHub's runners are refused for it.`;

const RUNNER_OF_SERVER = `      # A runner of your own that reaches the server; one of GitHub's (ubuntu-latest) will do where it reaches it, with the store in a bucket.`;
