// src/domain/outcome.ts
const EXIT_STATUS = {
	planned: 0,
	rehearsed: 0,
	"backed-up": 0,
	migrated: 0,
	"up-to-date": 0,
	verified: 0,
	"rolled-back": 0,
	restored: 0,
	listed: 0,
	pruned: 0,
	written: 0,
	healthy: 0,
	failed: 1,
	refused: 3,
	undone: 4,
	"needs-attention": 5,
	"checks-failed": 6,
	interrupted: 130
};
function exitStatus(outcome) {
	return EXIT_STATUS[outcome];
}
const SEVERITY = [
	5,
	4,
	1,
	130,
	3,
	6,
	0
];
function worstOutcome(outcomes) {
	const rank = (outcome) => SEVERITY.indexOf(exitStatus(outcome));
	return outcomes.reduce((worst, outcome) => rank(outcome) < rank(worst) ? outcome : worst);
}
export { worstOutcome as n, exitStatus as t };
