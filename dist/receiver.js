// src/notify/receiver.ts
var Undelivered = class extends Error {
	name = "Undelivered";
	passing;
	retryAfterMs;
	constructor(why, { passing, retryAfterMs = null }) {
		super(why);
		this.passing = passing;
		this.retryAfterMs = retryAfterMs;
	}
};
export { Undelivered as t };
