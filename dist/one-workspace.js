import { rt as refusal } from "./domain.js";
// src/engine/one-workspace.ts
var OneWorkspace = class {
	#target;
	#open = false;
	constructor(target) {
		this.#target = target;
	}
	assertNone() {
		if (this.#open) throw refusal("workspace-open", `${this.#target} is open for work`, { hint: "close the workspace first" });
	}
	async open(make) {
		this.assertNone();
		this.#open = true;
		const closed = () => void (this.#open = false);
		try {
			const workspace = await make();
			return {
				...workspace,
				async [Symbol.asyncDispose]() {
					closed();
					await workspace[Symbol.asyncDispose]();
				}
			};
		} catch (error) {
			closed();
			throw error;
		}
	}
};
export { OneWorkspace as t };
